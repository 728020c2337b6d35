"""How crowded a round is for one ask: counted over orders, and checked by trying every order."""

from fractions import Fraction
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.apply.fits import FEWEST_OTHERS, Wanted, how_often_it_fits
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Area, Policy
from apportion.core.units import DisplayUnit, Resource

GPU = ResourceCode("gpu:h100")
NEAR, FAR = AreaId("near"), AreaId("far")


def policy(pool, cap=None):
    """Gives two areas a pool, the near one with a cap."""
    areas = (
        Area(id=NEAR, name="Near", cap={} if cap is None else {GPU: cap}),
        Area(id=FAR, name="Far"),
    )
    resources = {GPU: Resource(code=GPU, unit=DisplayUnit.HOUR)}
    return Policy(name="p", resources=resources, pool={GPU: pool}, areas=areas)


def want(minimum, ask, area=NEAR):
    return Wanted(area=area, minimum={GPU: minimum}, ask={GPU: ask})


def try_every_order(mine, others, pool, cap):
    """Counts by hand: the share of all orders in which the ask and the minimum fit."""
    counts = [0, 0, 0]
    for order in permutations([mine, *others]):
        left = {"pool": pool, NEAR: cap, FAR: pool}
        for one in order:
            room = min(left["pool"], left[one.area])
            if one is mine:
                counts[0] += one.ask[GPU] <= room
                counts[1] += one.minimum[GPU] <= room
                break
            taken = next((n for n in (one.ask[GPU], one.minimum[GPU]) if n <= room), 0)
            left["pool"] -= taken
            left[one.area] -= taken
        counts[2] += 1
    return Fraction(counts[0], counts[2]), Fraction(counts[1], counts[2])


amounts = st.tuples(st.integers(1, 9), st.integers(0, 9), st.sampled_from([NEAR, FAR]))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(amounts, min_size=FEWEST_OTHERS + 1, max_size=FEWEST_OTHERS + 1),
    st.integers(5, 40),
    st.integers(3, 40),
)
def test_what_is_counted_is_close_to_what_all_orders_come_to(asks, pool, cap):
    mine, *others = (want(least, least + more, area) for least, more, area in asks)
    found = how_often_it_fits(mine, others, policy(pool, cap), draws=2_000)
    full, least = try_every_order(mine, others, pool, cap)
    assert abs(found.full - 100 * full) <= 6
    assert abs(found.minimum - 100 * least) <= 6
    assert found.full <= found.minimum


def test_where_there_is_room_for_all_it_fits_in_every_order():
    others = [want(1, 2)] * 6
    found = how_often_it_fits(want(1, 3), others, policy(15))
    assert (found.full, found.minimum, found.others) == (100, 100, 6)


def test_what_is_more_than_a_cap_fits_in_no_order_though_the_pool_would_do():
    found = how_often_it_fits(want(2, 5), [want(1, 1, FAR)] * 6, policy(100, cap=4))
    assert (found.full, found.minimum) == (0, 100)


def test_nothing_is_told_among_so_few_that_it_would_tell_what_each_asked():
    assert how_often_it_fits(want(1, 2), [want(1, 1)] * (FEWEST_OTHERS - 1), policy(9)) is None
    assert how_often_it_fits(want(0, 0), [want(1, 1)] * 6, policy(9)) is None


def test_the_same_asks_have_the_same_answer_each_time():
    others = [want(n, 2 * n) for n in range(1, 8)]
    first = how_often_it_fits(want(3, 6), others, policy(30))
    assert first == how_often_it_fits(want(3, 6), others, policy(30))
    assert 0 < first.full < 100
