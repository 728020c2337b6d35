"""Compiles the replay's code before anybody waits for it, and sees that it can be kept.

    python -m apportion.office.kernels

The launcher runs it after installing, `serve` beside an open office. What is compiled already is
only loaded, so repeating it costs about a second.
"""

import multiprocessing
import os
import signal
import tempfile
from fractions import Fraction
from pathlib import Path

KEPT_IN = "NUMBA_CACHE_DIR"
HOME = Path(__file__).resolve().parents[1]


def keep_compiled_in(folder: Path) -> None:
    """Keeps compiled code in a folder of the site where the package's own may not be written.

    Without this, whoever has no home folder would compile again at every start.
    """
    if os.environ.get(KEPT_IN):
        return
    try:
        with tempfile.TemporaryFile(dir=HOME):
            pass
    except OSError:
        os.environ[KEPT_IN] = str(folder / "compiled")


def compile_beside() -> None:
    """Compiles in a process of its own, which ends with this one at the latest."""
    context = multiprocessing.get_context("spawn")
    context.Process(target=_quietly, daemon=True).start()


def compile_kernels() -> None:
    """Replays a few made-up jobs in every way that has a kernel."""
    from apportion.core.simulate.cluster import Cluster, Nodes
    from apportion.core.simulate.policy import Emergency, Order, Policy
    from apportion.core.simulate.replay import replay
    from apportion.core.simulate.workload import Lab, make_workload

    groups = (("a", 0.5), ("b", 0.5))
    trace = make_workload(Lab(gpus=64, weeks=1, jobs=50, groups=groups), seed=1)
    pool, nodes = Cluster(procs=64), Cluster(nodes=Nodes(count=8, gpus=8))
    for order in (Order.FCFS, Order.EASY):
        replay(trace, pool, Policy(order=order))
        replay(trace, nodes, Policy(order=order))
    start = int(trace.submit[0])
    window = Emergency(
        group="a",
        starts_at=start,
        ends_at=start + 86_400,
        amount=48,
        preempt=True,
        payback=Fraction(1, 2),
    )
    replay(trace, pool, Policy(order=Order.FAIR_SHARE), emergency=window)


def _quietly() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the office, which then ends us
    os.nice(10)
    compile_kernels()


if __name__ == "__main__":
    compile_kernels()
