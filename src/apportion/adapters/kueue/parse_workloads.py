"""Kueue's Workloads to segments: what was held of a queue's quota, from admission to its end.

A Workload keeps only its latest admission, so each admission of a uid is a run of its own, and a
run that was seen going on ends where the next sighting says. What quota held is counted, as it is
for a scheduler's allocations: pods that ended early free nothing.
Source: Kueue's Workload, v1beta1 and v1beta2.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

from apportion.adapters.kueue.parse import read_units
from apportion.adapters.kueue.parse_json import Found, read_objects
from apportion.core.faults import Fault
from apportion.core.meter.lines import Note
from apportion.core.meter.segments import Outcome, Segment, Skip, implausible
from apportion.core.meter.stamps import read_instant

REMEDY = "The Workload was left out; every other one counts"
PAST_SECONDS = ("accumulatedPastExecutionTimeSeconds", "accumulatedPastExexcutionTimeSeconds")
COMPLETED, FAILED, CANCELLED = "COMPLETED", "FAILED", "CANCELLED"
PREEMPTED, TIMEOUT, NODE_FAIL, RUNNING = "PREEMPTED", "TIMEOUT", "NODE_FAIL", "RUNNING"
EVICTED_STATES = {
    "Preempted": PREEMPTED,
    "PodsReadyTimeout": TIMEOUT,
    "NodeFailures": NODE_FAIL,
    "MaximumExecutionTimeExceeded": TIMEOUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KueueLayout:
    """How Workloads are to be read.

    Shape: `resources` gives (flavor, resource of Kubernetes) its resource code; without it, a
        flavor of GPUs is `gpu:FLAVOR` and processors are `cpu`. With `until` (epoch seconds) a
        run that goes on counts up to there.
    """

    cluster: str = ""
    resources: Mapping[tuple[str, str], str] = field(default_factory=dict)
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One admission of one Workload; `ended_at` is None while it goes on.

    Units: `past_seconds` is what Kueue says that earlier admissions took together.
    Shape: without segments what it held is not told any more: an eviction clears it.
    """

    uid: str
    started_at: int
    ended_at: int | None
    state: str
    segments: tuple[Segment, ...]
    past_seconds: int = 0


def parse_workloads(
    chunks: Iterable[bytes], *, file: str, layout: KueueLayout | None = None
) -> Iterator[Outcome]:
    """Reads Workloads, lists of them and watch events; the last sighting of a run counts."""
    layout = layout or KueueLayout()
    follower = Follower(file=file, layout=layout)
    for found in read_objects(chunks, file=file):
        if isinstance(found, (Note, Fault)):
            yield found
        else:
            yield from follower.see(found)
    yield from follower.finish()


class Follower:
    """Follows each Workload through its sightings: runs come out as they end, open ones last.

    `known` are the runs that went on when the last following ended.
    """

    def __init__(self, *, file: str, layout: KueueLayout, known: Iterable[Run] = ()) -> None:
        self._file = file
        self._layout = layout
        self._done: set[tuple[str, int]] = set()
        self.going = {run.uid: run for run in known}

    def see(self, found: Found) -> Iterator[Outcome]:
        """Takes the next sighting."""
        seen = read_run(found, file=self._file, layout=self._layout)
        if isinstance(seen, (Skip, Fault)):
            yield seen
            return
        before = self.going.pop(seen.uid, None)
        if seen.ended_at is not None:
            yield from self._ended(seen, before, found.line)
            return
        if before is not None and before.started_at < seen.started_at:
            yield from self._close(before, _end_between(before, seen), CANCELLED)
        if found.deleted:
            metadata = _table(found.item.get("metadata"))
            gone = read_instant(str(metadata.get("deletionTimestamp", "")), UTC)
            ended = gone if gone is not None else self._layout.until
            if ended is not None:
                yield from self._close(seen, max(ended, seen.started_at), CANCELLED)
        else:
            self.going[seen.uid] = seen

    def finish(self) -> Iterator[Outcome]:
        """Tells the runs that go on: up to the instant of the layout, or that they are left out."""
        until = self._layout.until
        for run in self.going.values():
            if until is None or until <= run.started_at:
                yield Skip.RUNNING
            else:
                yield from self._close(run, until, RUNNING)

    def _ended(self, seen: Run, before: Run | None, line: int) -> Iterator[Outcome]:
        """Ends the run that was seen going on; an end alone tells too little to count."""
        ended = seen.ended_at or 0
        if seen.segments:
            if before is not None and before.started_at < seen.started_at:
                yield from self._close(before, _end_between(before, seen), CANCELLED)
            yield from self._close(seen, ended, seen.state)
        elif before is not None:
            yield from self._close(before, max(ended, before.started_at), seen.state)
        else:
            if seen.past_seconds:
                what = (
                    f"ran {seen.past_seconds} s before this sighting, which does not tell on what"
                )
                yield Note(_fault(self._file, line, "uid", seen.uid, what))
            yield Skip.NEVER_RAN

    def _close(self, run: Run, ended: int, state: str) -> Iterator[Outcome]:
        if (run.uid, run.started_at) in self._done:
            return
        self._done.add((run.uid, run.started_at))
        first = run.segments[0]
        size = max(segment.size for segment in run.segments)
        if wrong := implausible(size=size, seconds=ended - run.started_at):
            yield _fault(first.file, first.line, "status", run.uid, wrong)
        elif ended == run.started_at:
            yield Skip.NEVER_RAN
        else:
            yield tuple(
                replace(one, ended_at=ended, state=state, is_running=state == RUNNING)
                for one in run.segments
            )


def read_run(found: Found, *, file: str, layout: KueueLayout) -> Run | Skip | Fault:
    """Reads the latest run that a Workload tells of."""
    item = found.item
    metadata, status = _table(item.get("metadata")), _table(item.get("status"))
    uid = str(metadata.get("uid", "") or "")
    if item.get("kind", "Workload") != "Workload" or not uid:
        return _fault(file, found.line, "kind", str(item.get("kind")), "not a Workload with a uid")
    conditions = {str(one.get("type")): one for one in _tables(status.get("conditions"))}
    past = next((status[name] for name in PAST_SECONDS if status.get(name)), 0)
    try:
        span = _span(conditions)
        if span is None:
            return Skip.NEVER_RAN
        started, ended, state = span
        segments = tuple(_segments(found, file, layout, started))
    except ValueError as error:
        return _fault(file, found.line, "status", uid, str(error))
    if not segments and ended is None:
        return Skip.NEVER_RAN  # it holds nothing that is metered
    if ended is not None and ended < started:
        return _fault(file, found.line, "status", uid, "ends before it starts")
    return Run(
        uid=uid,
        started_at=started,
        ended_at=ended,
        state=state,
        segments=segments if ended is None or ended > started else (),
        past_seconds=past if isinstance(past, int) and not isinstance(past, bool) else 0,
    )


def _end_between(before: Run, after: Run) -> int:
    """Says when a run ended that was seen going on, and then in a later admission.

    Kueue sums what admissions took; where it does not say, the later one's start is the latest.
    """
    took = after.past_seconds - before.past_seconds
    latest = after.started_at
    return min(before.started_at + took, latest) if took > 0 else latest


def _span(conditions: Mapping[str, Mapping[str, Any]]) -> tuple[int, int | None, str] | None:
    """Finds when the latest run started and ended, and how; an eviction tells only its end."""
    admitted, finished = conditions.get("Admitted"), conditions.get("Finished")
    if admitted is None:
        return None
    at = _instant(admitted)
    is_finished = finished is not None and _is_true(finished)
    if _is_true(admitted):
        if finished is not None and is_finished:
            return at, _instant(finished), _finished_state(finished)
        return at, None, RUNNING
    if finished is not None and is_finished:
        return at, at, _finished_state(finished)
    reason = str(conditions.get("Evicted", {}).get("reason", ""))
    return at, at, EVICTED_STATES.get(reason, CANCELLED)


def _finished_state(finished: Mapping[str, Any]) -> str:
    failed = str(finished.get("reason", "")) == "Failed"
    return FAILED if failed or "failed" in str(finished.get("message", "")).lower() else COMPLETED


def _segments(found: Found, file: str, layout: KueueLayout, started: int) -> Iterator[Segment]:
    """One for each resource that the admission holds, over all its sets of pods."""
    metadata, status = _table(found.item.get("metadata")), _table(found.item.get("status"))
    admission = _table(status.get("admission"))
    held: dict[str, int] = {}
    for pods in _tables(admission.get("podSetAssignments")):
        flavors = _table(pods.get("flavors"))
        for resource, quantity in _table(pods.get("resourceUsage")).items():
            code = _code(layout, str(flavors.get(resource, "")), str(resource))
            if code and (units := read_units(quantity)):
                held[code] = held.get(code, 0) + units
    name = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
    created = read_instant(str(metadata.get("creationTimestamp", "")), UTC)
    owner = next(iter(_tables(metadata.get("ownerReferences"))), {})
    labels = _table(metadata.get("labels"))
    for code, size in sorted(held.items()):
        yield Segment(
            run=f"kueue/{layout.cluster}/{metadata.get('uid')}/{started}",
            project=str(admission.get("clusterQueue", "") or ""),
            user=str(labels.get("apportion/user", "")),
            resource=code,
            submitted_at=created if created is not None and created <= started else started,
            started_at=started,
            ended_at=started,
            size=size,
            job=name,
            name=str(owner.get("name", "")),
            file=file,
            line=found.line,
        )


def _code(layout: KueueLayout, flavor: str, resource: str) -> str:
    """Names what is metered; memory, pods and the like are not."""
    if known := layout.resources.get((flavor, resource)):
        return known
    if layout.resources:
        return ""
    if resource.rpartition("/")[2] == "gpu" and "/" in resource:
        return f"gpu:{flavor}" if flavor else "gpu"
    return "cpu" if resource == "cpu" else ""


def _instant(condition: Mapping[str, Any]) -> int:
    at = read_instant(str(condition.get("lastTransitionTime", "")), UTC)
    if at is None:
        raise ValueError(f"condition {condition.get('type')} has no time")
    return at


def _is_true(condition: Mapping[str, Any]) -> bool:
    return condition.get("status") == "True"


def _table(held: object) -> Mapping[str, Any]:
    return held if isinstance(held, dict) else {}


def _tables(held: object) -> list[Mapping[str, Any]]:
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _fault(file: str, line: int, name: str, value: str, what: str) -> Fault:
    return Fault(file=file, line=line, field=name, value=value, what=what, remedy=REMEDY)
