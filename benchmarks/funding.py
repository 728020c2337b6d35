"""Odds of being funded, from 200 draws of a round of 1,000 requests, in at most 10 CPU seconds.

Run: PYTHONPATH=src .venv/bin/python benchmarks/funding.py [--json] [--quick]

Ours settles each draw from where the last one ended, to a stated gap; the peer settles draws whole,
with proof, as the engine does when it decides. It is given a few draws, taken in turns with ours,
and counted up to as many. The model of the reviewers is fitted once and counts too.
"""

import argparse
import json
import random
from dataclasses import replace
from fractions import Fraction

from decide import SHAPES, Figure, figure, sample_round, spent, tell

from apportion.core.decide.funding import Odds, drawn_scores, funding_odds
from apportion.core.decide.problem import Ask, Problem, pose
from apportion.core.decide.solve import settle
from apportion.core.review.calibration import MICRO, Calibration, Mark, calibrate

LIMIT_CPU_SECONDS = 10.0
FULL, QUICK = 1000, 300
DRAWS = {True: 50, False: 200}  # quick, full
PEER_DRAWS = 3
REVIEWERS, READ_BY, NOISE = 60, 3, 0.6
WORST_GAP = 0.01  # of a draw's value: what a draw may lie below its optimum


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} requests, 50 draws")
    options = parser.parse_args()
    figures = measure(QUICK if options.quick else FULL, draws=DRAWS[options.quick])
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        tell(figures)
    return 0 if all(one["met"] for one in figures) else 1


def measure(count: int, *, draws: int) -> list[Figure]:
    """Per shape of the minima: ours against the limit and against settling draws whole."""
    figures = []
    for shape, (minima, seeds) in SHAPES.items():
        problem, calibration, fitted = sample_opinions(count, seeds[0], minima)
        missed = settle(problem)[1].missed
        seconds, found = spent(
            lambda p=problem, c=calibration, m=missed: funding_odds(
                p, c.beliefs, missed=m, draws=draws
            )
        )
        peer = settled_whole(problem, calibration) * draws
        name = f"{count} requests, {shape}, {draws} draws"
        figures += [
            figure(f"{name}: CPU s, against the limit", seconds + fitted, LIMIT_CPU_SECONDS, 1.0),
            figure(f"{name}: CPU s, against settling each whole", seconds + fitted, peer, 1.0),
            figure(f"{name}: worst gap of a draw, beside 1 %", worst(found), WORST_GAP, 0.0),
        ]
    return figures


def sample_opinions(
    count: int, seed: int, minima: tuple[str, ...]
) -> tuple[Problem, Calibration, float]:
    """A round whose scores are the means of three opinions; with what fitting the model took."""
    policy, asks = sample_round(count, seed, minima)
    rng = random.Random(seed)
    harsh = [rng.gauss(0, 0.2) for _ in range(REVIEWERS)]
    marks = [
        Mark(request=ask.id, reviewer=f"v{who:02}", score=opinion(rng, ask, harsh[who]))
        for ask in asks
        for who in rng.sample(range(REVIEWERS), READ_BY)
    ]
    seconds, calibration = spent(lambda: calibrate(marks))
    means = {belief.request: Fraction(belief.average, MICRO) for belief in calibration.beliefs}
    scored = (replace(ask, score=means[ask.id], value=None) for ask in asks)
    return pose(policy, scored), calibration, seconds


def opinion(rng: random.Random, ask: Ask, harsh: float) -> Fraction:
    """One reviewer's score, to a tenth of a point."""
    return Fraction(max(0, round(10 * (float(ask.score) + harsh + rng.gauss(0, NOISE)))), 10)


def settled_whole(problem: Problem, calibration: Calibration) -> float:
    """CPU seconds that the engine takes for one draw, with proof."""
    rows = drawn_scores(problem.asks, calibration.beliefs, PEER_DRAWS).tolist()
    total = 0.0
    for row in rows:
        scored = [
            replace(ask, score=Fraction(score, MICRO))
            for ask, score in zip(problem.asks, row, strict=True)
        ]
        seconds, _ = spent(lambda s=scored: settle(pose(problem.policy, s)))
        total += seconds
    return total / PEER_DRAWS


def worst(found: Odds) -> float:
    """The most that any draw may lie below its optimum, as a share."""
    return found.worst_gap / 10**9


if __name__ == "__main__":
    raise SystemExit(main())
