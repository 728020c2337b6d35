"""Deciding large rounds from columns, against HiGHS on the plain model with one binary per request.

Run: PYTHONPATH=src .venv/bin/python benchmarks/decide_scale.py [--json] [--quick]

Both get the same columns, each in a process of its own, in turns; CPU seconds count from the columns
to the certified slate, memory is the process's peak. The peer is asked for a gap of 1e-6 and may
presolve; its bound is its word, ours is proved in integers. Rounds of 1,000 are decided whole, with
reasons, the nearest ways in as estimates and the file.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import highspy
import numpy as np
from decide import MINIMA, Figure, figure, sample_round, tell
from decide_rounds import large_round

from apportion.core.decide.columns import Columns, floats
from apportion.core.decide.document import document_of
from apportion.core.decide.programs import assembled
from apportion.core.decide.relaxation import quiet_highs
from apportion.core.decide.scale import most_value
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import WaysIn, decide

GAP = 1e-6
TURNS = 2
SMALL = 1_000
SHAPES = {"mixed minima": (MINIMA, 10), "all or nothing": (("1",), 5)}  # and seeds
TARGETS = {100_000: (1 / 20, 1 / 3), 10_000: (1 / 5, 1 / 2)}  # CPU and memory against the peer


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes, one turn")
    parser.add_argument("--child", nargs=3, metavar=("WHO", "COUNT", "SEED"), help="used by itself")
    options = parser.parse_args()
    if options.child:
        who, count, seed = options.child
        print(json.dumps(CHILDREN[who](large_round(int(count), int(seed)))))
        return 0
    figures = measure(quick=options.quick)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        tell(figures)
    return 0 if all(row["met"] for row in figures) else 1


def measure(*, quick: bool) -> list[Figure]:
    """The figures of the table."""
    large, huge, turns, seeds = (
        (10_000, 100_000, 1, 3) if quick else (100_000, 1_000_000, TURNS, 10)
    )
    ours, peers = [], []
    for turn in range(turns):
        ours.append(in_a_process("ours", large, turn + 1))
        peers.append(in_a_process("peer", large, turn + 1))
    name, (less_cpu, less_mb) = f"{large:,} requests", TARGETS[large]
    slowest, fastest = max(run["cpu"] for run in ours), min(run["cpu"] for run in peers)
    most, least = max(run["mb"] for run in ours), min(run["mb"] for run in peers)
    gap = max(run["gap"] for run in ours)
    million = in_a_process("ours", huge, 1)
    figures = [
        figure(f"{name}: CPU s to a certified gap, against HiGHS", slowest, fastest, less_cpu),
        figure(f"{name}: peak MB, against HiGHS", most, least, less_mb),
        figure(f"{name}: certified gap in 1e-9, against the limit", gap * 1e9, GAP * 1e9, 1.0),
        figure(f"{huge:,} requests: CPU s, against the limit", million["cpu"], 20.0, 1.0),
        figure(f"{huge:,} requests: certified gap in 1e-9", million["gap"] * 1e9, GAP * 1e9, 1.0),
    ]
    for shape, (minima, most_seeds) in SHAPES.items():
        seeds = 1 if quick else most_seeds
        runs = [small(seed, minima) for seed in range(1, seeds + 1)]
        seconds = statistics.median(run[0] for run in runs)
        proved = sum(run[1] for run in runs)
        name = f"{SMALL:,} requests at gap 0, {shape}"
        figures += [
            figure(f"{name}: median CPU s of {seeds} seeds", seconds, 5.0, 1.0),
            figure(f"{name}: proved in integers, of {seeds}", proved, seeds, 0.0),
        ]
    return figures


def in_a_process(who: str, count: int, seed: int) -> dict[str, float]:
    """Runs one side in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--child", who, str(count), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def ours(columns: Columns) -> dict[str, float]:
    """The scale path, from columns to a certified slate."""
    started = time.process_time()
    found = most_value(columns, missed=Fraction(0), gap=Fraction(0))
    spent = time.process_time() - started
    if found is None:
        sys.exit("the floors of this round cannot hold")
    return {"cpu": spent, "mb": peak_mb(), "gap": (found.bound - found.score) / found.bound}


def peer(columns: Columns) -> dict[str, float]:
    """HiGHS on the model with a binary per request, up to the same gap."""
    started = time.process_time()
    highs = quiet_highs()
    highs.setOptionValue("mip_rel_gap", GAP)
    highs.passModel(plain_model(columns))
    highs.run()
    return {
        "cpu": time.process_time() - started,
        "mb": peak_mb(),
        "gap": highs.getInfo().mip_gap,
    }


def plain_model(columns: Columns) -> highspy.HighsLp:
    """Fractions and binaries: bounds, minima, either/or and prerequisites as plain rows."""
    count, everyone = columns.count, np.arange(columns.count)
    parts, upper = [], []
    for place, bound in enumerate(columns.bounds):
        sign = 1.0 if place < len(columns.limits) else -1.0
        asked = columns.demand[bound.resource]
        inside = np.flatnonzero(bound.families[columns.family] & (asked > 0))
        scale = float(asked.max())
        parts.append((np.full(len(inside), place), inside, sign * asked[inside] / scale))
        upper.append(sign * bound.amount / scale)
    rows = len(upper)
    share = floats(columns.least) / floats(columns.steps)
    parts += [
        (rows + everyone, everyone, np.ones(count)),
        (rows + everyone, count + everyone, -np.ones(count)),
        (rows + count + everyone, everyone, -np.ones(count)),
        (rows + count + everyone, count + everyone, share),
    ]
    upper += [0.0] * (2 * count)
    for members in columns.labels:
        parts.append((np.full(len(members), len(upper)), count + members, np.ones(len(members))))
        upper.append(1.0)
    for i, j in columns.needs.tolist():
        parts.append((np.full(2, len(upper)), count + np.array([i, j]), np.array([1.0, -1.0])))
        upper.append(0.0)
    gain = float(columns.worth.max())
    costs = np.concatenate([-floats(columns.worth) / gain, np.zeros(count)])
    program = assembled(costs, np.ones(2 * count), np.array(upper), parts)
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kContinuous] * count + [kinds.kInteger] * count
    return program


def peak_mb() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def small(seed: int, minima: tuple[str, ...]) -> tuple[float, bool]:
    """Decides a round of 1,000 with its file; whether it is proved to gap 0 by our own integers."""
    policy, asks = sample_round(SMALL, seed, minima)
    started = time.process_time()
    decision = decide(policy=policy, asks=asks, ways_in=WaysIn.ESTIMATE)
    canonical_bytes(document_of(decision, engine_version="benchmark"))
    spent = time.process_time() - started
    return spent, not decision.gap and decision.bound_class == "integer-certificate"


CHILDREN = {"ours": ours, "peer": peer}

if __name__ == "__main__":
    sys.exit(main())
