"""The Philly trace as a lab: what each virtual cluster used before November is what it asks for."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from apportion.adapters.traces.client import read_chunks
from apportion.adapters.traces.parse import parse_philly
from apportion.core.meter.rate import rate_segments
from apportion.core.meter.segments import Segment, gather
from apportion.core.meter.tariff import Tariff
from apportion.core.meter.totals import total
from apportion.core.units import DisplayUnit, format_quantity
from apportion.core.windows import Window

JOBS = "philly_jobs_vc.csv.gz"
NODES = "philly_vc_nodes.csv"
GPUS_A_NODE = 8
HOUR = 3600
BEFORE = Window(
    starts_at=datetime(2017, 8, 1, tzinfo=UTC), ends_at=datetime(2017, 11, 1, tzinfo=UTC)
)
NOVEMBER = Window(
    starts_at=datetime(2017, 11, 1, tzinfo=UTC), ends_at=datetime(2017, 12, 1, tzinfo=UTC)
)
SCORE = 5  # the trace holds no reviews: every request gets the same score, so only size differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one virtual cluster asks for. Units: GPU-seconds; nodes of eight GPUs."""

    cluster: str
    nodes: int
    ask: int
    minimum: int

    @property
    def area(self) -> str:
        """Each cluster with nodes is an area of its own; those without are guests of the others."""
        return self.cluster if self.nodes else "guests"

    @property
    def capacity(self) -> int:
        """What its own nodes can give in November."""
        return self.nodes * GPUS_A_NODE * NOVEMBER.seconds


def read_wishes(traces: Path) -> tuple[Wish, ...]:
    """Reads the trace and the nodes: one wish for each cluster that ran anything before November."""
    jobs, nodes = str(traces / JOBS), read_nodes(traces / NODES)
    segments = gather(parse_philly(read_chunks(jobs), file=JOBS)).segments
    used = used_seconds(segments, BEFORE)
    wishes = []
    for cluster in sorted(used.keys() | nodes.keys()):
        ask = used.get(cluster, 0) // HOUR * HOUR  # whole GPU-hours, so that files hold it exactly
        if ask:
            wish = Wish(cluster=cluster, nodes=nodes.get(cluster, 0), ask=ask, minimum=ask // 2)
            wishes.append(wish)
    return tuple(wishes)


def used_seconds(segments: Sequence[Segment], window: Window) -> Mapping[str, int]:
    """Sums what each cluster used inside a window, jobs cut at its borders."""
    totals = total(rate_segments(segments, tariff=Tariff(), window=window))
    return {row.account: row.unit_seconds for row in totals.by_account}


def read_nodes(path: Path) -> dict[str, int]:
    """Reads how many nodes each cluster has; its name is text, whatever it looks like."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["vc"]: int(row["node num"]) for row in csv.DictReader(stream)}


def write_round(wishes: Sequence[Wish]) -> str:
    """Writes round.toml: the pool is what all nodes can give, each cluster's cap what its own can."""
    areas = [
        f'[[areas]]\nid = "{wish.cluster}"\nname = "Virtual cluster {wish.cluster}"\n'
        f'cap = {{ "gpu" = {_hours(wish.capacity)} }}\n'
        for wish in wishes
        if wish.nodes
    ]
    pool = _hours(sum(wish.capacity for wish in wishes))
    return f"""schema = "apportion.round/1"
name = "Philly, November 2017"
[resources."gpu"]
unit = "hour"
[pool]
"gpu" = {pool}
{"".join(areas)}[[areas]]
id = "guests"
name = "Clusters without nodes"
[decide]
objective = "merit"
size_exponent = 0.85
gap = 0
tie_seed = "0x2017"
"""


def write_requests(wishes: Sequence[Wish]) -> str:
    """Writes requests.csv."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "area", "project", "score", "ask.gpu", "minimum.gpu"])
    for wish in wishes:
        amounts = (_hours(wish.ask), _hours(wish.minimum))
        writer.writerow([f"vc-{wish.cluster}", wish.area, wish.cluster, SCORE, *amounts])
    return out.getvalue()


def _hours(seconds: int) -> str:
    return format_quantity(seconds, DisplayUnit.HOUR)
