"""Panel scores are exact, and stakes bar."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.review import Stake, is_conflicted, panel_score

STAKE = Stake(lead="ann", author="bob", members=frozenset({"cy"}), declared=frozenset({"di"}))


@given(st.lists(st.integers(100, 1000), min_size=1, max_size=9), st.randoms())
def test_a_panel_score_lies_between_its_scores_and_knows_no_order(scores, rng):
    mixed = [*scores]
    rng.shuffle(mixed)
    score = panel_score(scores)
    assert panel_score(mixed) == score
    assert Fraction(min(scores), 100) <= score <= Fraction(max(scores), 100)


def test_nobody_has_written_yet():
    assert panel_score([]) is None


def test_lead_author_member_and_declared_may_not_judge():
    assert [is_conflicted(name, STAKE) for name in ("ann", "bob", "cy", "di", "eve")] == [
        True,
        True,
        True,
        True,
        False,
    ]
