"""Explanations: prices, brackets, exact ways in and what-ifs, each against its limit.

Run: PYTHONPATH=src .venv/bin/python benchmarks/counterfactuals.py [--json] [--quick]

Each exact way in is timed as it is found, and then solved again whole, with one tick less too, which
is not timed: one that is not true ends the run. Brackets are timed on a sample of the denied
requests and told for all of them. CPU seconds.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from statistics import median
from typing import Any

import numpy as np
from decide import sample_round
from decide_rounds import large_round

from apportion.core.decide.brackets import Margin
from apportion.core.decide.columns import Columns
from apportion.core.decide.counterfactual import FINDERS, Asked
from apportion.core.decide.document import document_of
from apportion.core.decide.forced import base_of
from apportion.core.decide.overrides import Moved, Override
from apportion.core.decide.prices import costs_of_minima
from apportion.core.decide.problem import pose
from apportion.core.decide.recheck import fault_of
from apportion.core.decide.scale import Scaled, most_value
from apportion.core.decide.solve import decide, settle, settled_steps
from apportion.core.decide.ways import WaysIn
from apportion.core.decide.what_if import what_if

PRICES_LIMIT, BRACKETS_LIMIT, EXACT_LIMIT, WHAT_IF_LIMIT = 0.010, 60.0, 1.0, 1.0
WIDTH = 0.01  # score points
MINIMA = ("0.2", "0.3", "0.5", "0.5", "0.7", "1")
Figure = dict[str, object]


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help="smaller rounds, fewer requests")
    options = parser.parse_args()
    quick = options.quick
    figures = [
        prices(20_000 if quick else 100_000),
        *brackets(10_000, sample=100 if quick else 600, seeds=(1,) if quick else (1, 2, 3)),
        *exact_ways(300, denied=4 if quick else 12, seeds=(1,) if quick else (1, 2, 3)),
        what_ifs(1_000, seeds=(1,) if quick else (1, 2, 3)),
    ]
    print(json.dumps(figures, indent=1)) if options.json else tell(figures)
    return 0 if all(figure["met"] for figure in figures) else 1


def prices(count: int) -> Figure:
    """What every minimum costs, in one pass."""
    columns = large_round(count, 1)
    scaled = solved(columns)
    held = {b.about: float(p) for b, p in zip(columns.bounds, scaled.prices, strict=True)}
    spent_ = median(spent(lambda: costs_of_minima(columns, held))[0] for _ in range(9))
    return figure(f"prices of all {count:,} minima, CPU s", spent_, PRICES_LIMIT)


def brackets(count: int, *, sample: int, seeds: tuple[int, ...]) -> list[Figure]:
    """Brackets of the score that each denied request needs, told for all of them."""
    seconds, widths, open_ = 0.0, [], 0
    for seed in seeds:
        columns = large_round(count, seed)
        scaled = solved(columns)
        bound = min(scaled.weighed.bound, scaled.attempt.bound if scaled.attempt else sys.maxsize)
        set_up, margin = spent(
            lambda c=columns, s=scaled, b=bound: Margin(c, s.taken, value=s.score, bound=b)
        )
        denied = np.flatnonzero(scaled.taken == 0).tolist()
        chosen = random.Random(seed).sample(denied, sample)
        a_point = points_per_score(columns)
        took, found = spent(
            lambda m=margin, c=chosen, p=a_point: [m.bracket(i, width=WIDTH * p[i]) for i in c]
        )
        seconds = max(seconds, set_up + took * len(denied) / sample)
        known = [(b, i) for b, i in zip(found, chosen, strict=True) if b and b.high is not None]
        widths += [(b.high - b.low) / a_point[i] for b, i in known]
        open_ += sample - len(known)
    near = np.array(widths)
    asked = len(seeds) * sample
    return [
        figure(
            f"brackets of all denied at {count:,}, CPU s, slowest seed", seconds, BRACKETS_LIMIT
        ),
        figure("brackets: width in score points, median", float(np.median(near)), WIDTH),
        figure("brackets: width in score points, 9 in 10", float(np.quantile(near, 0.9)), WIDTH),
        share("brackets: share no wider than 0.01", float((near <= WIDTH).sum()) / asked),
        share("brackets: share no wider than 0.1", float((near <= 10 * WIDTH).sum()) / asked),
        share("brackets: share with both ends", 1 - open_ / asked),
    ]


def exact_ways(count: int, *, denied: int, seeds: tuple[int, ...]) -> list[Figure]:
    """Each lever's search for denied requests, every way in then solved again whole."""
    took: dict[str, list[float]] = {finder.__name__: [] for finder in FINDERS}
    found = 0
    for seed in seeds:
        problem = pose(*sample_round(count, seed, MINIMA))
        outcomes, settled = settle(problem)
        base = base_of(problem, settled)
        out = [i for i, taken in enumerate(settled.taken) if not taken]
        for i in random.Random(seed).sample(out, denied):
            asked = Asked(room=outcomes.room, i=i, base=base, solve=settled_steps)
            for finder in FINDERS:
                seconds, way = spent(lambda f=finder, a=asked: f(a))
                if way is None:
                    continue
                took[finder.__name__].append(seconds)
                found += 1
                if fault := fault_of(problem, i, way.lever, way.change):
                    sys.exit(f"seed {seed}, {problem.asks[i].id}: {fault}")
    names = {name: name.removeprefix("find_").replace("_", " ") for name in took}
    figures = [
        figure(
            f"exact way in at {count}: {names[name]}, CPU s, worst of {len(s)}", max(s), EXACT_LIMIT
        )
        for name, s in took.items()
        if s
    ]
    return [*figures, share(f"exact ways in that solving again bears out, of {found}", 1.0)]


def what_ifs(count: int, *, seeds: tuple[int, ...]) -> Figure:
    """A request put in, one taken out, the pool a tenth smaller: the slowest of them."""
    worst = 0.0
    for seed in seeds:
        policy, asks = sample_round(count, seed, MINIMA)
        decision = decide(policy=policy, asks=asks, ways_in=WaysIn.ESTIMATE)
        before = document_of(decision, engine_version="benchmark")
        out = next(a.request for a in decision.awards if not a.taken)
        inside = next(a.request for a in decision.awards if a.taken == a.steps)
        smaller = policy.awardable("gpu:h100") * 9 // 10
        for moved in (
            Override(moved=Moved.IN, owner=out, why="benchmark"),
            Override(moved=Moved.OUT, owner=inside, why="benchmark"),
            Override(moved=Moved.POOL, owner="", resource="gpu:h100", to=smaller, why="benchmark"),
        ):
            seconds, found = spent(
                lambda b=before, m=moved: what_if(b, [m], engine_version="benchmark")
            )
            if found.decision.gap:
                sys.exit(f"seed {seed}: {moved.moved} left a gap")
            worst = max(worst, seconds)
    return figure(
        f"what-if at {count:,}, proved and compared, CPU s, slowest", worst, WHAT_IF_LIMIT
    )


def solved(columns: Columns) -> Scaled:
    """The best slate of a large round."""
    scaled = most_value(columns, missed=Fraction(0), gap=Fraction(0))
    if scaled is None:
        sys.exit("the round has no slate that keeps its floors")
    return scaled


def points_per_score(columns: Columns) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """How many micropoints one score point more brings a minimum."""
    whole = (columns.demand[0] / 3600) ** 0.85 * 1e6
    return whole * columns.least / columns.steps


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Does the work; gives its CPU seconds and what came of it."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def figure(name: str, ours: float, limit: float) -> Figure:
    """One line of the table, less is better."""
    ratio = ours / limit
    return {
        "name": name,
        "ours": round(ours, 5),
        "peer": limit,
        "ratio": round(ratio, 4),
        "target": 1.0,
        "met": ratio <= 1,
    }


def share(name: str, ours: float) -> Figure:
    """A share that is told and has no target."""
    return {
        "name": name,
        "ours": round(ours, 4),
        "peer": 1.0,
        "ratio": round(ours, 4),
        "target": None,
        "met": True,
    }


def tell(figures: list[Figure]) -> None:
    """Prints the table."""
    print(f"{'name':<72} {'ours':>9} {'limit':>8} {'ratio':>8}  met")
    for row in figures:
        met = ("yes" if row["met"] else "NO") if row["target"] else "-"
        print(f"{row['name']:<72} {row['ours']:>9} {row['peer']:>8} {row['ratio']:>8}  {met}")


if __name__ == "__main__":
    sys.exit(main())
