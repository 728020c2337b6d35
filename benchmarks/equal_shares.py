"""The Method of Equal Shares on large elections: ours against pabutools.

Run: PYTHONPATH=src .venv/bin/python benchmarks/equal_shares.py [--json] [--quick] [--environment DIR]

Both read the same generated file. What counts is the rule alone, from the election in memory to
the ids bought; pabutools is given its multiprofile, which counts equal ballots once as we do.
The compiled loops are loaded before the first turn, as an office that runs has them loaded; a
line of its own says what that costs once. pabutools lives in an environment of its own that is
made on first use. CPU seconds, taken in turns.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np

from apportion.adapters.pabulib.parse import parse_election
from apportion.core.decide.rules.election import Election, Satisfaction, electorate
from apportion.core.decide.rules.equal_shares import equal_shares

PEER = "pabutools==1.2.3"
LEAST_RATIO = 1_000.0
LEAST_UNIQUE = 20_000
SEED = 7
PROJECTS, NAMED = 160, 5  # about what the largest real elections have
SIZES = {"quick": (40_000,), "whole": (40_000, 90_000)}  # voters
WAYS = {Satisfaction.COST: "Cost_Sat", Satisfaction.CARDINALITY: "Cardinality_Sat"}
Figure = dict[str, object]

PEER_PROGRAM = """
import json, sys, time
from pabutools.election import parse_pabulib, Cost_Sat, Cardinality_Sat
from pabutools.rules import method_of_equal_shares
instance, profile = parse_pabulib(sys.argv[1])
ballots = profile.as_multiprofile()
way = {"Cost_Sat": Cost_Sat, "Cardinality_Sat": Cardinality_Sat}[sys.argv[2]]
started = time.process_time()
bought = method_of_equal_shares(instance, ballots, sat_class=way)
print(json.dumps([time.process_time() - started, sorted(p.name for p in bought)]))
"""


def main() -> int:
    """Measures and prints; exit 1 where a target is missed or a selection differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help="the smaller election, one way")
    parser.add_argument("--environment", type=Path, help="where pabutools lives, made if absent")
    options = parser.parse_args()
    folder = options.environment or Path(tempfile.gettempdir()) / "apportion-pabutools"
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
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def measure(python: Path, *, quick: bool) -> list[Figure]:
    """Each size and each satisfaction in turns."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for voters in SIZES["quick" if quick else "whole"]:
            file = Path(folder) / f"{voters}.pb"
            file.write_text(generated(voters))
            election = parse_election(file.read_bytes(), file.name)
            unique = len(election.ballots.weights)
            if unique <= LEAST_UNIQUE:
                raise SystemExit(f"only {unique:,} ballots differ")
            if not figures:
                figures.append(loading(election))
            for way in list(WAYS)[: 1 if quick else None]:
                name = f"{voters:,} ballots, {unique:,} of them unique, {way}"
                figures += compared(name, python, file, election, way)
    return figures


def loading(election: Election) -> Figure:
    """What the first election of a process pays for the compiled loops, beside the limit."""
    started = time.process_time()
    decided(election, Satisfaction.COST)
    spent = time.process_time() - started
    return shown("first of a process, loops loaded or compiled", spent, 60.0, 1.0, met=spent < 60)


def compared(
    name: str, python: Path, file: Path, election: Election, way: Satisfaction
) -> list[Figure]:
    """Ours, the peer once, ours again; the least of ours counts: the rest is other work's caches."""
    ours = [decided(election, way)[0] for _ in range(5)]
    call = [python, "-c", PEER_PROGRAM, file, WAYS[way]]
    told = subprocess.run(call, check=True, capture_output=True, text=True)
    peer, bought = json.loads(told.stdout)
    ours += [decided(election, way)[0] for _ in range(5)]
    same = decided(election, way)[1] == bought
    spent = min(ours)
    return [
        shown(name, spent, peer, LEAST_RATIO, met=peer / spent >= LEAST_RATIO),
        shown(f"{name}: ids the same", float(same), 1.0, 1.0, met=same),
    ]


def decided(election: Election, way: Satisfaction) -> tuple[float, list[str]]:
    """Times the rule, laying out the ballots included."""
    started = time.process_time()
    bought = equal_shares(electorate(election, satisfaction=way))
    spent = time.process_time() - started
    return spent, sorted(election.projects[p] for p in bought)


def generated(voters: int) -> str:
    """An approval election whose projects differ much in cost and in how many name them."""
    rng = np.random.default_rng(SEED)
    liked = np.log(rng.gamma(0.8, 1.0, PROJECTS))
    costs = rng.lognormal(10.5, 0.8, PROJECTS).astype(int) // 100 * 100 + 100
    votes = []
    for voter in range(voters):
        count = 1 + rng.poisson(NAMED - 1)
        named = np.argsort(-(liked + rng.gumbel(size=PROJECTS)))[:count]
        votes.append(f"{voter};{','.join(str(p + 1) for p in named)}")
    head = f"META\nkey;value\nnum_projects;{PROJECTS}\nnum_votes;{voters}\n"
    head += f"budget;{int(costs.sum() * 0.3)}\nvote_type;approval\nPROJECTS\nproject_id;cost\n"
    projects = "".join(f"{p + 1};{cost}\n" for p, cost in enumerate(costs))
    return f"{head}{projects}VOTES\nvoter_id;vote\n" + "\n".join(votes) + "\n"


def shown(name: str, ours: float, peer: float, target: float, *, met: bool) -> Figure:
    """One figure; the ratio says how many times less."""
    return {
        "name": name,
        "ours": float(f"{ours:.4g}"),
        "peer": float(f"{peer:.4g}"),
        "ratio": float(f"{peer / ours:.4g}") if ours else 0.0,
        "target": target,
        "met": met,
    }


if __name__ == "__main__":
    sys.exit(main())
