"""Single decisions in public: what is told leaves nobody else of a small group to be guessed."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.claims.disclosure import Rule, choose_told
from apportion.core.claims.equity import LEAST


@given(
    sizes=st.lists(st.integers(0, 12), max_size=5),
    consents=st.sets(st.integers(0, 60)),
    rule=st.sampled_from(Rule),
)
def test_of_each_group_all_are_told_or_at_least_five_are_not(sizes, consents, rule):
    count = iter(range(100))
    groups = {f"g{n}": [f"{next(count):03}" for _ in range(size)] for n, size in enumerate(sizes)}
    consented = {f"{n:03}" for n in consents}
    found = choose_told(groups, consented, rule)
    everyone = {ref for group in groups.values() for ref in group}
    may = {Rule.CONSENT: consented & everyone, Rule.ALL: everyone, Rule.NONE: set()}[rule]
    assert set(found.told) <= may
    assert found.withheld == len(may) - len(found.told)
    for group in groups.values():
        hidden = len(set(group) - set(found.told))
        assert hidden == 0 or hidden >= LEAST or not set(group) & set(found.told)
