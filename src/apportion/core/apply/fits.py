"""How often what is asked would still fit, were those who asked so far taken in an order drawn by lot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Policy

DRAWS = 400
FEWEST_OTHERS = 5  # among fewer, the answer would tell what each of them asked
KEY = 35  # of the draws: the same asks have the same answer, on every machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one request asks. Units: base units by resource."""

    area: AreaId
    minimum: Mapping[ResourceCode, int]
    ask: Mapping[ResourceCode, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """In how many of 100 orders the ask, and at least the minimum, still fits at its turn."""

    full: int
    minimum: int
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """A pool, or an area's cap. Shape: `needs` has a row a request: its minimum and its ask."""

    bound: int
    needs: npt.NDArray[np.int64]


def how_often_it_fits(
    mine: Wanted, others: Sequence[Wanted], policy: Policy, *, draws: int = DRAWS
) -> Fits | None:
    """Counts the orders in which a request fits; nothing where too few others have asked.

    Each order gives everybody a turn, this request too. At its turn a request takes its ask where
    that fits into pools and caps, else its minimum, else nothing. Scores, floors and links between
    requests are not known yet and do not count: this says how crowded the round is, not who wins.
    """
    if len(others) < FEWEST_OTHERS or not any(mine.ask.values()):
        return None
    everybody = [mine, *others]
    order = _orders(len(everybody), draws)
    full, least = _take_turns(order, _limits(everybody, policy))
    return Fits(
        full=100 * int(full.sum()) // draws,
        minimum=100 * int(least.sum()) // draws,
        others=len(others),
    )


def _limits(everybody: Sequence[Wanted], policy: Policy) -> list[_Limit]:
    found = [
        _limit(everybody, code, policy.awardable(code), inside=None) for code in sorted(policy.pool)
    ]
    for area in policy.areas:
        inside = policy.subtree(area.id)
        found += [
            _limit(everybody, code, area.cap[code], inside=inside) for code in sorted(area.cap)
        ]
    return found


def _limit(
    everybody: Sequence[Wanted], code: ResourceCode, bound: int, *, inside: frozenset[AreaId] | None
) -> _Limit:
    needs = [
        (one.minimum.get(code, 0), one.ask.get(code, 0))
        if inside is None or one.area in inside
        else (0, 0)
        for one in everybody
    ]
    return _Limit(bound=bound, needs=np.array(needs, np.int64))


def _orders(count: int, draws: int) -> npt.NDArray[np.intp]:
    """Draws orders. Shape: a row a draw; request 0 is the one that is asked about."""
    raw = np.random.Philox(key=KEY).random_raw(draws * count).reshape(draws, count)
    return np.argsort(raw, axis=1, kind="stable")


def _take_turns(
    order: npt.NDArray[np.intp], limits: Sequence[_Limit]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Goes through all orders at once, place by place; says where request 0 fitted."""
    draws = len(order)
    left = [np.full(draws, limit.bound, np.int64) for limit in limits]
    full, least = np.zeros(draws, bool), np.zeros(draws, bool)
    for turn in order.T:
        needs = [limit.needs[turn] for limit in limits]
        fits_least = np.ones(draws, bool)
        fits_full = np.ones(draws, bool)
        for rest, need in zip(left, needs, strict=True):
            fits_least &= need[:, 0] <= rest
            fits_full &= need[:, 1] <= rest
        mine = turn == 0
        full |= mine & fits_full
        least |= mine & fits_least
        for rest, need in zip(left, needs, strict=True):
            rest -= np.where(fits_full, need[:, 1], np.where(fits_least, need[:, 0], 0))
    return full, least
