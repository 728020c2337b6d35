"""How quick the evidence is: one estimate, the digits experiment, the comparison of funding rules.

    .venv/bin/python benchmarks/evidence.py [--json] [--quick]

Units: CPU seconds of one process. The peer of the estimate is the solver of statsmodels, which
gives one number of runs and no credits, and nothing at all at an effect of 46.
"""

import argparse
import json
import sys
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "examples" / "continual_learning")]

from run import learn  # noqa: E402  the example is beside the package, not in it

from apportion.core.evidence.claim import (  # noqa: E402
    Claim,
    ClaimKind,
    EvidencePolicy,
    Offer,
    Run,
)
from apportion.core.evidence.costs import Prices  # noqa: E402
from apportion.core.evidence.estimate import estimate  # noqa: E402
from apportion.core.evidence.portfolio import World, compare_rules  # noqa: E402
from apportion.core.rates import Rate, RateCard  # noqa: E402
from apportion.core.units import DisplayUnit  # noqa: E402

ARMS = (("naive", 0), ("replay", 200), ("ewc", 0), ("joint", 0))
START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Measures and prints the table."""
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--json", action="store_true")
    flags.add_argument("--quick", action="store_true")
    chosen = flags.parse_args()
    repeats = 20 if chosen.quick else 200
    rows = [one_estimate(repeats), digits(seeds=2 if chosen.quick else 5)]
    rows.append(portfolio(repeats=60 if chosen.quick else 300))
    if chosen.json:
        print(json.dumps(rows))
        return
    for row in rows:
        met = "met" if row["met"] else "MISSED"
        peer = "" if row["peer"] is None else f"  peer {row['peer']:.4f}"
        print(f"{row['name']:<52} {row['ours']:8.4f} s  at most {row['target']:g} s: {met}{peer}")


def one_estimate(repeats: int) -> dict[str, object]:
    """An estimate with its whole curve, beside one power solve of statsmodels."""
    runs = [
        Run(job=f"{arm}{n}", arm=arm, seed=n, value=base + n % 5 / 10, unit="u", used={"g": 3600})
        for arm, base in (("a", 1.0), ("b", 0.9))
        for n in range(10)
    ]
    claim = Claim(kind=ClaimKind.COMPARE_MEANS, metric="m", unit="u", effect=0.1, arms=("a", "b"))
    rate = Rate(resource="g", unit=DisplayUnit.HOUR, microcredits_per_unit=10**6, starts_at=START)
    offer = Offer(starts_at=START, ends_at=START + timedelta(days=90), ask=10**8)
    prices = Prices(card=RateCard((rate,)))
    started = time.process_time()
    for _ in range(repeats):
        estimate(claim, runs, prices, EvidencePolicy(), offer=offer)
    ours = (time.process_time() - started) / repeats
    return row("one estimate with its curve", ours, 0.05, peer=one_solve(repeats))


def one_solve(repeats: int) -> float | None:
    """What statsmodels takes for the number of runs alone; None where it is not installed."""
    try:
        from statsmodels.stats.power import TTestIndPower
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.process_time()
        for _ in range(repeats):
            TTestIndPower().solve_power(0.7, None, 0.05, 0.8)
        return (time.process_time() - started) / repeats


def digits(seeds: int) -> dict[str, object]:
    """Four methods on the split digits."""
    started = time.process_time()
    for method, memory in ARMS:
        for seed in range(seeds):
            learn(method=method, memory=memory, seed=seed)
    return row(f"digits, {len(ARMS)} methods x {seeds} seeds", time.process_time() - started, 10)


def portfolio(repeats: int) -> dict[str, object]:
    """Four rules, four budgets, two score noises."""
    started = time.process_time()
    compare_rules(
        World(), budgets=(120, 240, 480, 1040), noises=(0.8, 50.0), repeats=repeats, seed=0
    )
    name = f"funding rules compared, {repeats} games a cell"
    return row(name, time.process_time() - started, 30)


def row(name: str, ours: float, target: float, *, peer: float | None = None) -> dict[str, object]:
    """Lays one figure out."""
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "ratio": None if peer is None else peer / ours,
        "target": target,
        "met": ours <= target,
    }


if __name__ == "__main__":
    main()
