"""Made-up accounting: sacct text for jobs that spend about what a project was granted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from apportion.adapters.slurm.parse import FIELDS

CLUSTER = "northfield"
SIZES = (8, 8, 16, 32, 32, 64, 64, 128)
STATES = ("COMPLETED",) * 16 + ("FAILED", "FAILED", "CANCELLED by 4242", "TIMEOUT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a project is to spend between two instants. Units: GPU-seconds."""

    account: str
    user: str
    gpu_seconds: int
    starts_at: datetime
    ends_at: datetime
    jobs: int


def sacct_lines(spending: Spending, *, first_id: int, rng: Random) -> Iterator[str]:
    """Writes one project's jobs as `sacct -nPXaD` does."""
    start, end = (int(at.timestamp()) for at in (spending.starts_at, spending.ends_at))
    weights = [rng.lognormvariate(0, 0.9) for _ in range(spending.jobs)]
    whole = sum(weights)
    for place, weight in enumerate(weights):
        size = rng.choice(SIZES)
        seconds = max(60, int(spending.gpu_seconds * weight / whole / size))
        began = rng.randrange(start, max(start + 1, end - seconds))
        waited = rng.randrange(30, 30_000)
        yield _line(
            {
                "jobidraw": str(first_id + place),
                "cluster": CLUSTER,
                "account": spending.account,
                "user": spending.user,
                "partition": "gpu",
                "qos": "normal",
                "state": rng.choice(STATES),
                "submit": str(began - waited),
                "eligible": str(began - waited),
                "start": str(began),
                "end": str(min(began + seconds, end)),
                "elapsedraw": str(min(began + seconds, end) - began),
                "timelimitraw": str(seconds // 60 * 2 + 60),
                "alloctres": f"cpu={size * 12},gres/gpu:h100={size},gres/gpu={size},node={-(-size // 8)}",
                "reqtres": f"cpu={size * 12},gres/gpu={size}",
                "nnodes": str(-(-size // 8)),
                "ncpus": str(size * 12),
                "exitcode": "0:0",
                "jobname": f"{spending.account}-{rng.choice(('train', 'sweep', 'eval', 'ablate'))}-s{place % 5}",
            }
        )


def _line(record: dict[str, str]) -> str:
    return "|".join(record[name] for name in FIELDS)
