"""Nash welfare over areas: ours against cvxpy with Clarabel at 1,000 requests, and 100,000 in a limit.

Run: PYTHONPATH=src .venv/bin/python benchmarks/nash.py [--json] [--quick] [--environment DIR]

The peer solves the relaxation (fractions, no minima) of the same round, given as matrices, in an
environment of its own that is made on first use; building the problem and solving it count,
importing does not. Ours is timed on the same relaxation, and again for all of its work: relaxation,
core, whole awards and the bound in integers. CPU seconds, taken in turns; the
least of the turns counts.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import venv
from fractions import Fraction
from pathlib import Path

import numpy as np
from decide_rounds import large_round

from apportion.core.decide.columns import Columns, Ints
from apportion.core.decide.nash_large import Product, largest_product
from apportion.core.decide.scale import possible_in
from apportion.core.decide.sift_nash import Balanced, sift_nash
from apportion.core.decide.weigh import hopeless_by_limit
from apportion.core.decide.welfare import NATS

SMALL, LARGE, QUICK_LARGE = 1_000, 100_000, 20_000
LIMIT_CPU_SECONDS = 2.0
LEAST_RATIO = 50.0
SEED = 1
GAP = Fraction(1, 10**6)  # of the sum of logarithms, proved in integers
PEER = "cvxpy==1.7.3"
AGREED = 1e-6  # the two relaxations' sums of logarithms lie within this part of each other
Figure = dict[str, object]

PEER_PROGRAM = """
import json, sys, time
import cvxpy as cp, numpy as np, scipy.sparse as sp
held = np.load(sys.argv[1])
started = time.process_time()
points, rows = sp.csr_array(held["points"]), sp.csr_array(held["rows"])
scale = held["points"].sum(axis=1).max()  # logarithms of shares: of points Clarabel fails
x = cp.Variable(points.shape[1])
welfare = cp.sum(cp.log(1 / scale + (points / scale) @ x))
problem = cp.Problem(cp.Maximize(welfare), [rows @ x <= held["bounds"], x >= 0, x <= 1])
problem.solve(solver=cp.CLARABEL)
value = float(problem.value) + points.shape[0] * float(np.log(scale))
print(json.dumps([time.process_time() - started, value]))
"""


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_LARGE:,} and one turn")
    parser.add_argument("--environment", type=Path, help="where cvxpy lives, made if absent")
    options = parser.parse_args()
    folder = options.environment or Path(tempfile.gettempdir()) / "apportion-cvxpy"
    figures = measure(environment(folder), quick=options.quick)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        for figure in figures:
            print("  ".join(f"{key} {value}" for key, value in figure.items()))
    return 0 if all(figure["met"] for figure in figures) else 1


def environment(folder: Path) -> Path:
    """Makes the peer's environment where there is none; returns its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER],
        check=True,
    )
    return python


def measure(python: Path, *, quick: bool) -> list[Figure]:
    """Ours and the peer in turns at 1,000 requests, then ours at 100,000."""
    turns = 1 if quick else 3
    columns = large_round(SMALL, SEED)
    ours, whole, peer = [], [], []
    for _ in range(turns):
        spent, relaxed = relaxation(columns)
        ours.append(spent)
        whole.append(slate(columns)[0])
        spent, value = peers(python, columns)
        peer.append(spent)
    stated = f"{SMALL:,} requests"
    far = abs(relaxed.value / NATS - value) / value
    figures = [
        against(f"{stated}: relaxation, against cvxpy", min(ours), min(peer)),
        against(f"{stated}: whole certified slate, against cvxpy", min(whole), min(peer)),
        figure(f"{stated}: sums apart, as a part", far, AGREED, met=far <= AGREED),
    ]
    count = QUICK_LARGE if quick else LARGE
    spent, found = slate(large_round(count, SEED))
    gap = (found.bound - found_value(large_round(count, SEED), found)) / found.bound
    figures += [
        figure(
            f"{count:,} requests: whole certified slate, against the limit",
            spent,
            LIMIT_CPU_SECONDS,
            met=spent <= LIMIT_CPU_SECONDS,
        ),
        figure(f"{count:,} requests: certified gap", gap, float(GAP), met=gap <= GAP),
    ]
    return figures


def relaxation(columns: Columns) -> tuple[float, Balanced]:
    """Times the relaxation alone."""
    started = time.process_time()
    possible = possible_in(columns, hopeless_by_limit(columns))
    found = sift_nash(columns, areas(columns), budget=None, possible=possible)
    spent = time.process_time() - started
    if found is None:
        raise SystemExit("the floors of the round cannot hold")
    return spent, found


def slate(columns: Columns) -> tuple[float, Product]:
    """Times relaxation, core and bound."""
    started = time.process_time()
    found = largest_product(columns, areas(columns), missed=Fraction(0), gap=GAP)
    spent = time.process_time() - started
    if found is None:
        raise SystemExit("the floors of the round cannot hold")
    return spent, found


def found_value(columns: Columns, found: Product) -> float:
    """The sum of logarithms of a slate, in 1e-12."""
    share = found.scaled.taken / columns.steps
    points = np.bincount(areas(columns), columns.worth * share)
    return NATS * float(np.log1p(points / 1e6).sum())


def areas(columns: Columns) -> Ints:
    """The generator gives each area two families, with and without the flagship group."""
    return (columns.family // 2).astype(np.int64)


def peers(python: Path, columns: Columns) -> tuple[float, float]:
    """Runs the peer on the same relaxation as matrices."""
    area = areas(columns)
    points = np.array([(area == a) * columns.worth / 1e6 for a in range(int(area.max()) + 1)])
    rows, bounds = [], []
    for place, bound in enumerate(columns.bounds):
        sign = 1 if place < len(columns.limits) else -1
        uses = columns.demand[bound.resource] * bound.families[columns.family]
        rows.append(sign * uses / max(1, bound.amount))
        bounds.append(sign * min(1, bound.amount))
    for members in columns.labels:
        rows.append(np.isin(np.arange(columns.count), members).astype(float))
        bounds.append(1)
    for i, j in columns.needs.tolist():
        row = np.zeros(columns.count)
        row[i], row[j] = columns.least[j] / columns.steps[j], -1.0
        rows.append(row)
        bounds.append(0)
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "round.npz"
        np.savez(held, points=points, rows=np.array(rows), bounds=np.array(bounds, float))
        told = subprocess.run(
            [python, "-c", PEER_PROGRAM, held], check=True, capture_output=True, text=True
        )
    spent, value = json.loads(told.stdout)
    return spent, value


def against(name: str, ours: float, peer: float) -> Figure:
    """A figure beside the peer's: how many times less."""
    return {
        "name": name,
        "ours": round(ours, 4),
        "peer": round(peer, 4),
        "ratio": round(peer / ours, 1),
        "target": LEAST_RATIO,
        "met": peer / ours >= LEAST_RATIO,
    }


def figure(name: str, ours: float, peer: float, *, met: bool) -> Figure:
    """A figure beside its limit."""
    return {
        "name": name,
        "ours": float(f"{ours:.4g}"),
        "peer": peer,
        "ratio": float(f"{ours / peer:.3g}"),
        "target": 1.0,
        "met": met,
    }


if __name__ == "__main__":
    sys.exit(main())
