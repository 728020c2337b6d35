"""Large rounds for `decide.py`, drawn straight into columns: the same round for ours and the peer.

Ten areas with floors and caps on three resources, a flagship group, two in a hundred under an
either/or label, one in a hundred with a prerequisite, asked for three times over; fixed seeds.
"""

import numpy as np

from apportion.core.decide.columns import Bound, Columns

AREAS = 10
HOUR, QUARTER_WEEK = 3600, 604_800 // 4
SHARES = np.array([20, 30, 50, 50, 70, 100])  # minima, in hundredths of the ask
RESOURCES = ("gpu:h100", "gpu:a100", "staff")


def large_round(count: int, seed: int) -> Columns:
    """Draws a round of so many requests."""
    rng = np.random.default_rng(seed)
    demand = np.zeros((3, count), np.int64)
    demand[0] = (rng.lognormal(5.5, 1.0, count).astype(np.int64) + 1) * HOUR
    demand[1] = (rng.lognormal(5.0, 1.0, count).astype(np.int64) + 1) * HOUR
    demand[1] *= rng.random(count) < 0.5
    demand[2] = rng.integers(1, 9, count) * QUARTER_WEEK * (rng.random(count) < 0.3)
    steps = demand.max(axis=0)
    share = rng.choice(SHARES, count)
    least = np.maximum(1, -(-steps * share // 100))
    score = rng.integers(100, 501, count)
    worth = (score * (demand[0] / HOUR) ** 0.85 * 10_000).astype(np.int64)
    area = rng.integers(0, AREAS, count)
    flagship = rng.random(count) < 0.2
    draw = rng.permutation(count)
    pool = demand.sum(axis=1) // 3
    in_area = np.array([np.repeat(np.arange(AREAS) == a, 2) for a in range(AREAS)])
    everyone, in_group = np.ones(2 * AREAS, bool), np.arange(2 * AREAS) % 2 == 1
    limits = [
        Bound(about=("pool", "", r), resource=k, families=everyone, amount=int(pool[k] * 19 // 20))
        for k, r in enumerate(RESOURCES)
    ]
    limits += [
        Bound(
            about=("area", f"area{a}", r),
            resource=k,
            families=in_area[a],
            amount=int(pool[k] * 15 // 100),
        )
        for a in range(AREAS)
        for k, r in enumerate(RESOURCES)
    ]
    flagship_cap = int(pool[0] * 12 // 100)
    limits.append(
        Bound(
            about=("group", "flagship", RESOURCES[0]),
            resource=0,
            families=in_group,
            amount=flagship_cap,
        )
    )
    floors = tuple(
        Bound(
            about=(f"area{a}", RESOURCES[0]),
            resource=0,
            families=in_area[a],
            amount=int(pool[0] // 20),
        )
        for a in range(AREAS)
    )
    linked = rng.permutation(count)
    pairs = np.sort(linked[: count // 50 // 2 * 2].reshape(-1, 2), axis=1)
    needs = linked[count // 50 : count // 50 + 2 * (count // 100)].reshape(-1, 2)
    return Columns(
        resources=RESOURCES,
        worth=worth,
        steps=steps,
        least=least,
        draw=draw,
        demand=demand,
        family=(2 * area + flagship).astype(np.int32),
        limits=tuple(limits),
        floors=floors,
        labels=tuple(pairs),
        needs=needs,
    )
