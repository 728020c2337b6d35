"""How quick replays are: jobs a second on one core, beside a heap's push and pop in the same run.

    .venv/bin/python benchmarks/simulate.py [--json] [--quick] [--accasim PYTHON]

Units: CPU seconds of one process, the best of a few. `--accasim` names the Python of an environment
that has AccaSim 1.1.3; without it that row is left out. Traces are found through APPORTION_SHARED.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import numpy as np  # noqa: E402

from apportion.adapters.swf.jobs import parse_swf_jobs  # noqa: E402
from apportion.adapters.traces.client import read_chunks  # noqa: E402
from apportion.adapters.traces.jobs import parse_philly_jobs  # noqa: E402
from apportion.core.simulate.cluster import Cluster, Group  # noqa: E402
from apportion.core.simulate.compiled import compiled  # noqa: E402
from apportion.core.simulate.directive import Directive  # noqa: E402
from apportion.core.simulate.policy import Emergency, Order, Policy  # noqa: E402
from apportion.core.simulate.pool import run_easy, run_fcfs  # noqa: E402
from apportion.core.simulate.preview import preview  # noqa: E402
from apportion.core.simulate.replay import replay  # noqa: E402
from apportion.core.simulate.running import nothing_runs, pop, push  # noqa: E402
from apportion.core.simulate.trace import TraceJob, lay_out  # noqa: E402
from apportion.core.simulate.tree import quota_of  # noqa: E402
from apportion.core.simulate.workload import Lab, make_workload  # noqa: E402

SHARED = Path(os.environ.get("APPORTION_SHARED", ROOT.parent / "shared"))  # noqa: TID251  test data
RICC = SHARED / "data" / "traces" / "RICC-2010-2-first100k.swf.gz"
PHILLY = SHARED / "data" / "traces" / "philly_jobs_vc.csv.gz"
QUARTER = 91 * 86_400
PROCS = 8192
GROUPS = tuple((f"group{n}", 1.0 / (n + 1)) for n in range(14))
ACCASIM = """
import collections, collections.abc, sys, tempfile, time, os, json
collections.Mapping = collections.abc.Mapping
from accasim.base.simulator_class import Simulator
from accasim.base.scheduler_class import EASYBackfilling
from accasim.base.allocator_class import FirstFit
os.chdir(tempfile.mkdtemp())
system = {"groups": {"g": {"core": 8, "mem": 1}}, "resources": {"g": 1024}}
json.dump(system, open("system.json", "w"))
began = time.process_time()
simulator = Simulator(sys.argv[1], "system.json", EASYBackfilling(FirstFit()), RESULTS_FOLDER_NAME="r")
simulator.start_simulation()
print("SECONDS", time.process_time() - began)
"""


def main() -> None:
    """Measures and prints the table."""
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--json", action="store_true")
    flags.add_argument("--quick", action="store_true")
    flags.add_argument("--accasim", default="")
    chosen = flags.parse_args()
    jobs = 100_000 if chosen.quick else 1_000_000
    rows = [*on_ricc(chosen.accasim), code_red(jobs), drill_page()]
    if chosen.json:
        print(json.dumps(rows))
        return
    for row in rows:
        met = "met" if row["met"] else "MISSED"
        peer = "" if row["peer"] is None else f"  peer {row['peer']:,.4g}"
        print(f"{row['name']:<58} {row['ours']:>12,.4g}{peer}  target {row['target']:,g}: {met}")


def on_ricc(accasim: str) -> list[dict[str, object]]:
    """EASY and strict order on 100,000 jobs of RICC."""
    jobs = parse_swf_jobs(read_chunks(str(RICC)), file=RICC.name)
    trace = lay_out((job for job in jobs if isinstance(job, TraceJob)), file=RICC.name)
    submit, count = trace.submit - trace.submit[0], len(trace)
    columns = (submit, trace.duration, trace.procs)
    easy = count / best(lambda: run_easy(*columns, trace.estimate, PROCS))
    fcfs = count / best(lambda: run_fcfs(*columns, PROCS))
    ends, limit = submit + trace.duration, nothing_runs(1024)
    heap = count / best(lambda: push_and_pop(limit, ends))
    rows = [
        told("EASY, RICC 100k, jobs/s", easy, None, 300_000, higher=True),
        told("strict order over a heap's push and pop", fcfs / heap, None, 0.4, higher=True),
    ]
    if accasim:
        peer = run_accasim(accasim)
        rows.append(
            told("EASY over AccaSim 1.1.3 (10k jobs)", easy / peer, peer, 1000, higher=True)
        )
    return rows


@compiled
def push_and_pop(heap, ends):  # noqa: ANN001, ANN201  compiled
    """What any replay must do at least: put each job into a heap of what runs, and take one out."""
    heap.counts[:] = 0
    total = 0
    for job in range(len(ends)):
        if heap.counts[0] == 256:
            total += pop(heap)
        push(heap, ends[job], job)
    return total


def run_accasim(python: str) -> float:
    """Gives the jobs a second of AccaSim on the first 10,000 jobs."""
    import gzip
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".swf") as part, gzip.open(RICC, "rt") as lines:
        kept = 0
        for line in lines:
            if kept < 10_000:
                part.write(line)
                kept += not line.startswith(";")
        part.flush()
        words = [python, "-c", ACCASIM, part.name]
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return 10_000 / float(said.rpartition("SECONDS")[2])


def code_red(count: int) -> dict[str, object]:
    """Fair share over a tree with quotas, a preempting emergency and its payback."""
    lab = Lab(gpus=512, weeks=max(4, count // 10_000), jobs=count, groups=GROUPS, load=0.9)
    trace = make_workload(lab, seed=7)
    below = tuple(
        Group(name=name, parent="research", limit=400) for name, _ in GROUPS if name != "group3"
    )
    groups = (Group(name="research", quota=384), Group(name="group3", quota=128), *below)
    span = int(trace.submit[-1])
    window = Emergency(
        group="group3",
        starts_at=span // 3,
        ends_at=2 * span // 3,
        amount=400,
        preempt=True,
        payback=Fraction(1, 2),
    )
    policy = Policy(order=Order.FAIR_SHARE, depth=1000)
    cluster = Cluster(procs=512, groups=groups)
    replay(make_workload(Lab(gpus=512, weeks=1, jobs=100, groups=GROUPS), seed=1), cluster, policy)
    began = time.process_time()
    found = replay(trace, cluster, policy, emergency=window)
    seconds = time.process_time() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    name = f"code red, {count:,} jobs, {found.preemptions:,} stops, {megabytes} MB: s"
    return told(name, seconds, None, 10 * count / 1_000_000, higher=False)


def drill_page() -> dict[str, object]:
    """What the drill page replays of a quarter of Philly: without it, with it, ten variants.

    Units: seconds by the clock, on two threads.
    """
    jobs = parse_philly_jobs(read_chunks(str(PHILLY)), file=PHILLY.name)
    trace = lay_out((job for job in jobs if isinstance(job, TraceJob)), file=PHILLY.name)
    trace = trace.keep(trace.submit >= trace.submit[-1] - QUARTER)
    cluster = Cluster(procs=500)
    largest = trace.groups[int(np.bincount(trace.group).argmax())]
    quota = quota_of(largest, trace, cluster)
    begin = int(trace.submit[0]) + QUARTER // 3
    directive = Directive(
        name="drill",
        declared_by="",
        purpose="",
        group=largest,
        amount=quota + 150,
        quota=quota,
        starts_at=begin,
        ends_at=begin + QUARTER // 3,
        preempt=True,
        payback=Fraction(1, 2),
        signers=(),
    )
    policy, seconds, cpu = Policy(order=Order.FAIR_SHARE), [], []
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):  # the first compiles, where nothing is kept yet
            began, before = time.perf_counter(), time.process_time()
            preview(directive, trace, cluster, policy, tell=str, spread=pool.map)
            seconds.append(time.perf_counter() - began)
            cpu.append(time.process_time() - before)
    name = f"drill page, {len(trace):,} jobs, 12 replays ({min(cpu):.1f} CPU s), s"
    return told(name, min(seconds), None, 5, higher=False)


def best(run: object, times: int = 4) -> float:
    """The least CPU seconds of a few runs, the first of which compiles."""
    seconds = []
    for _ in range(times):
        began = time.process_time()
        run()
        seconds.append(time.process_time() - began)
    return min(seconds[1:])


def told(
    name: str, ours: float, peer: float | None, target: float, *, higher: bool
) -> dict[str, object]:
    """Makes one row."""
    met = ours >= target if higher else ours <= target
    ratio = None if peer is None else ours
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "ratio": ratio,
        "target": target,
        "met": bool(met),
    }


if __name__ == "__main__":
    main()
