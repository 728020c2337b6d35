"""Policy: what may be awarded, and what lies below an area."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Area, Policy
from apportion.core.units import MAX_BASE_UNITS, Resource

GPU = ResourceCode("gpu:h100")
shares = st.fractions(0, Fraction(1, 2))


def a_policy(areas=(), pool=0, reserve=Fraction(0), appeals=Fraction(0)):
    return Policy(
        name="2026-W1",
        resources={GPU: Resource(code=GPU)},
        pool={GPU: pool},
        areas=areas,
        reserve_share=reserve,
        appeals_share=appeals,
    )


@st.composite
def trees(draw):
    count = draw(st.integers(1, 12))
    parents = [None, *(draw(st.none() | st.integers(0, i - 1)) for i in range(1, count))]
    return tuple(
        Area(id=AreaId(f"a{i}"), name=f"Area {i}", parent=None if p is None else AreaId(f"a{p}"))
        for i, p in enumerate(parents)
    )


@given(st.integers(0, MAX_BASE_UNITS), shares, shares)
def test_what_is_awardable_and_what_is_kept_back_is_the_pool_to_the_unit(pool, reserve, appeals):
    awardable = a_policy(pool=pool, reserve=reserve, appeals=appeals).awardable(GPU)
    assert 0 <= awardable <= pool
    assert awardable <= pool * (1 - reserve - appeals) < awardable + 1


@given(trees(), st.data())
def test_an_area_covers_itself_and_exactly_those_whose_chain_of_parents_leads_to_it(areas, data):
    top = data.draw(st.sampled_from(areas)).id
    parent = {area.id: area.parent for area in areas}

    def leads_up(area):
        while area is not None and area != top:
            area = parent[area]
        return area == top

    assert a_policy(areas).subtree(top) == {area.id for area in areas if leads_up(area.id)}


@given(trees(), st.randoms(use_true_random=False))
def test_the_order_of_the_areas_in_the_file_changes_nothing(areas, rng):
    shuffled = list(areas)
    rng.shuffle(shuffled)
    for area in areas:
        assert a_policy(tuple(shuffled)).subtree(area.id) == a_policy(areas).subtree(area.id)
