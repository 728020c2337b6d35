"""Deciding a round of 1,000 requests at gap 0, against plain HiGHS on explicit binaries.

Run: PYTHONPATH=src .venv/bin/python benchmarks/decide.py [--json] [--quick]

Ours decides, says why and where the nearest ways in are, and writes the decision with its proof;
the peer only solves the same model (binaries, hard floors where they can hold) to a gap of 1e-9 and
says nothing. Both are CPU seconds, taken in turns in one process; the least of the turns counts.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from fractions import Fraction

from apportion.core.decide.document import document_of
from apportion.core.decide.model import merit_model
from apportion.core.decide.problem import Ask, pose
from apportion.core.decide.propose import propose
from apportion.core.decide.room import total_points
from apportion.core.decide.rounding import whole_steps
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import decide
from apportion.core.policy import Area, Group, Policy
from apportion.core.units import DisplayUnit, Resource
from apportion.core.verify import verify_decision

LIMIT_CPU_SECONDS = 10.0
FULL, QUICK = 1000, 300
HOUR, QUARTER_WEEK = 3600, 604_800 // 4
RESOURCES = {
    "gpu:h100": Resource(code="gpu:h100"),
    "gpu:a100": Resource(code="gpu:a100"),
    "staff": Resource(code="staff", unit=DisplayUnit.WEEK),
}
MINIMA = ("0.2", "0.3", "0.5", "0.5", "0.7", "1")  # as shares of the ask
SHAPES = {  # name: shares of the ask that minima take, seeds
    "mixed minima": (MINIMA, (1, 2, 3)),
    "minima at half": (("0.5",), (1, 2)),
    "all or nothing": (("1",), (1,)),
}
Figure = dict[str, object]


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} requests, one turn")
    options = parser.parse_args()
    figures = measure(QUICK if options.quick else FULL, turns=1 if options.quick else 2)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        tell(figures)
    return 0 if all(figure["met"] for figure in figures) else 1


def measure(count: int, *, turns: int) -> list[Figure]:
    """Per shape: ours against the limit and against HiGHS alone, the slowest seed of each."""
    figures = []
    for shape, (minima, seeds) in SHAPES.items():
        runs = [one_round(count, seed, minima, turns=turns) for seed in seeds]
        ours, peer, verified = (max(run[place] for run in runs) for place in range(3))
        closed = sum(run[3] == "integer-certificate" for run in runs)
        name = f"{count} requests, {shape}"
        figures += [
            figure(f"{name}: decide CPU s, against the limit", ours, LIMIT_CPU_SECONDS, 1.0),
            figure(f"{name}: decide CPU s, against HiGHS alone", ours, peer, 10.0),
            figure(f"{name}: verify CPU s, against the limit", verified, LIMIT_CPU_SECONDS, 1.0),
            figure(f"{name}: rounds proved in integers, of all", closed, len(runs), 0.0),
        ]
    return figures


def one_round(
    count: int, seed: int, minima: tuple[str, ...], *, turns: int
) -> tuple[float, float, float, str]:
    """Decides one round both ways, in turns; checks that ours is no worse and that it verifies."""
    policy, asks = sample_round(count, seed, minima)
    ours, peers = [], []
    for _ in range(turns):
        seconds, decision = spent(lambda: decide(policy=policy, asks=asks))
        more, data = spent(
            lambda d=decision: canonical_bytes(document_of(d, engine_version="benchmark"))
        )
        ours.append(seconds + more)
        seconds, peer_points = spent(lambda: plain_highs(policy, asks))
        peers.append(seconds)
    verified, verdict = spent(lambda: verify_decision(data))
    if not verdict.holds or decision.gap or decision.value < peer_points - decision.tolerance:
        sys.exit(f"seed {seed}: {verdict.fault or 'the peer found more, or there is a gap'}")
    return min(ours), min(peers), verified, decision.bound_class


def plain_highs(policy: Policy, asks: tuple[Ask, ...]) -> int:
    """Solves the model with binaries and nothing else; gives its points, -1 for no solution."""
    problem = pose(policy, asks)
    proposal = propose(problem, merit_model(problem, missed=Fraction(0)), gap=1e-9)
    if proposal.fractions is None:
        return -1
    return total_points(problem, whole_steps(problem, proposal.fractions))


def sample_round(count: int, seed: int, minima: tuple[str, ...]) -> tuple[Policy, tuple[Ask, ...]]:
    """Ten areas with floors and caps, three resources, a flagship cap, links; asked three times over."""
    rng = random.Random(seed)
    ids = [f"r{place:05}" for place in range(count)]
    asks = tuple(sample_ask(rng, ids, place, minima) for place in range(count))
    pool = {code: sum(ask.ask.get(code, 0) for ask in asks) // 3 for code in RESOURCES}
    areas = tuple(
        Area(
            id=f"area{place}",
            name=f"Area {place}",
            floor={"gpu:h100": pool["gpu:h100"] // 20},
            cap={code: amount * 15 // 100 for code, amount in pool.items()},
        )
        for place in range(10)
    )
    policy = Policy(
        name="benchmark",
        resources=RESOURCES,
        pool=pool,
        areas=areas,
        groups=(Group(id="flagship", cap={"gpu:h100": pool["gpu:h100"] * 12 // 100}),),
        reserve_share=Fraction(1, 20),
        tie_seed="0x1",
    )
    return policy, asks


def sample_ask(rng: random.Random, ids: list[str], place: int, minima: tuple[str, ...]) -> Ask:
    """One request: log-normal hours, half with a second resource, a few with links."""
    ask = {"gpu:h100": (int(rng.lognormvariate(5.5, 1.0)) + 1) * HOUR}
    if rng.random() < 0.5:
        ask["gpu:a100"] = (int(rng.lognormvariate(5, 1)) + 1) * HOUR
    if rng.random() < 0.3:
        ask["staff"] = rng.randint(1, 8) * QUARTER_WEEK
    share = Fraction(rng.choice(minima))
    return Ask(
        id=ids[place],
        area=f"area{rng.randrange(10)}",
        project=ids[place],
        score=Fraction(rng.randint(100, 500), 100),
        ask=ask,
        minimum={code: int(amount * share) for code, amount in ask.items()},
        groups=("flagship",) if rng.random() < 0.2 else (),
        either_or=f"pair{place // 50}" if rng.random() < 0.04 else None,
        requires=(rng.choice(ids[:place]),) if place and rng.random() < 0.01 else (),
    )


def spent(work: Callable[[], object]) -> tuple[float, object]:
    """Does the work; gives its CPU seconds and what came of it."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def figure(name: str, ours: float, peer: float, target: float) -> Figure:
    """One line of the table; a target of nought is none, only told."""
    ratio = ours / peer
    return {
        "name": name,
        "ours": round(ours, 4),
        "peer": round(peer, 4),
        "ratio": round(ratio, 4),
        "target": target or None,
        "met": not target or ratio <= target,
    }


def tell(figures: list[Figure]) -> None:
    """Prints the table."""
    print(f"{'name':<72} {'ours':>8} {'peer':>8} {'ratio':>8} {'target':>7}  met")
    for row in figures:
        target = row["target"] or "-"
        print(
            f"{row['name']:<72} {row['ours']:>8} {row['peer']:>8} {row['ratio']:>8} "
            f"{target:>7}  {'yes' if row['met'] else 'NO'}"
        )


if __name__ == "__main__":
    sys.exit(main())
