"""What pages and the command line tell of a preview's replays: waits, other ways, how sure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apportion.adapters.files.render_replay import span
from apportion.adapters.svg.marks import Svg
from apportion.adapters.svg.waits import Wait, draw_waits

SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
MOST_WAITS = 6  # groups that a card has room for
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One replay as pages tell it; where there is none, `reason` says why."""

    resource: str
    reason: str
    waits: tuple[Wait, ...]
    picture: Svg | None
    source: str
    sure: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, ...], ...]
    ways: tuple[tuple[str, ...], ...]


def tell_replays(document: Facts | None) -> tuple[Replayed, ...]:
    """Tells what a preview's document carries; one that somebody attached comes last."""
    held = document or {}
    told = [_tell(one) for one in held.get("replays") or ()]
    attached = held.get("replay")
    return (*told, *([_attached(attached)] if isinstance(attached, Mapping) else ()))


def replay_lines(document: Facts) -> Iterable[str]:
    """Tells the replays line by line."""
    for one in tell_replays(document):
        if one.reason:
            yield f"No replay of {one.resource}: {one.reason}"
            continue
        yield one.source
        for wait in one.waits:
            yield f"  {wait.name} waits {span(wait.now * SECONDS_PER_HOUR)} now, {span(wait.then * SECONDS_PER_HOUR)} then"
        for name, answer in one.answers:
            yield f"{name}: {answer}"
        yield from one.sure


def _tell(one: Facts) -> Replayed:
    if not one.get("answer"):
        return _nothing(str(one.get("resource", "")), reason=str(one.get("reason", "")))
    waits = _waits(one["waits"])
    days = _days(one["recorded_from"], one["recorded_until"])
    source = (
        f"Median wait now (ring) and then (dot), from replaying {one['jobs']:,} jobs of {days} days "
        f"as if it had held from {one['tried_from'][:10]} to {one['tried_until'][:10]}, "
        f"on {one['capacity']:,} of {one['resource']} ({one['capacity_told']})."
    )
    return tell_answer(one["answer"], waits=waits, resource=one["resource"], source=source)


def tell_answer(
    answer: Facts, *, waits: tuple[Wait, ...] | None = None, resource: str = "", source: str = ""
) -> Replayed:
    """Tells the answer of one replay: of a rehearsal, or of a drill."""
    if waits is None:
        waits = _waits(
            [
                one | {"now": one["median_wait_without"], "then": one["median_wait_with"]}
                for one in answer["groups"]
                if one["jobs"]
            ]
        )
    return Replayed(
        resource=resource,
        reason="",
        waits=waits,
        picture=draw_waits(waits),
        source=source,
        sure=tuple(_sure(answer["fidelity"])),
        answers=tuple(answers_of(answer)),
        groups=tuple(map(_group, answer["groups"])),
        ways=tuple(way_of(way) for way in (answer["as_declared"], *answer["alternatives"])),
    )


def _attached(one: Facts) -> Replayed:
    """Reads the waits of an attached replay; what is not of that shape is not shown."""
    held = one.get("waits")
    waits = _waits(held if isinstance(held, list) else ())
    told = _nothing("", reason="" if waits else "the attached file tells no waits.")
    if not waits:
        return told
    source = "Median wait now (ring) and then (dot), as a replay says that somebody attached."
    return Replayed(
        resource="",
        reason="",
        waits=waits,
        picture=draw_waits(waits),
        source=source,
        sure=("How true it is, the file does not say here.",),
        answers=(),
        groups=(),
        ways=(),
    )


def _nothing(resource: str, *, reason: str) -> Replayed:
    return Replayed(
        resource=resource,
        reason=reason,
        waits=(),
        picture=None,
        source="",
        sure=(),
        answers=(),
        groups=(),
        ways=(),
    )


def _waits(rows: Sequence[Any]) -> tuple[Wait, ...]:
    """The waits that are longest then, or now; what is not of that shape is not shown."""
    found = [
        Wait(
            name=str(one.get("name") or one["group"] or "no area"),
            now=one["now"] / SECONDS_PER_HOUR,
            then=one["then"] / SECONDS_PER_HOUR,
            area=one["place"] if isinstance(one.get("place"), int) else place,
        )
        for place, one in enumerate(rows)
        if isinstance(one, dict)
        and "group" in one
        and _is_time(one, "now")
        and _is_time(one, "then")
    ]
    longest = sorted(found, key=lambda wait: (-max(wait.then, wait.now), wait.name))
    return tuple(longest[:MOST_WAITS])


def answers_of(answer: Facts) -> Iterable[tuple[str, str]]:
    """Tells the answers to an executive's questions, as names and words."""
    until = answer["directive"]["until"]
    declared = answer["as_declared"]
    yield "Jobs stopped", f"{answer['preemptions']:,}, {_hours(declared['lost_seconds'])} lost"
    yield "Paid back", payback_words(declared["repaid_at"], declared["owed_seconds"], until)
    high = answer["if_demand_stays_high"]
    yield "If demand stays high", payback_words(high["repaid_at"], high["owed_seconds"], until)
    smallest, finish = answer["smallest_amount"], answer.get("finish_by")
    if smallest is not None:
        whole, lent = answer["directive"]["amount"], answer["directive"]["lent"]
        least = max(0, smallest - (whole - lent))
        yield "Smallest loan that meets the date", f"{least:,} of {lent:,} at once"
    elif finish is not None and answer["finished_at"] is not None:
        late = max(0, answer["finished_at"] - finish)
        yield "The date is missed by", span(late)


def payback_words(repaid_at: int | None, owed: int, ends_at: int) -> str:
    """Tells when payback is over."""
    if repaid_at is not None:
        return f"{span(repaid_at - ends_at)} after the end"
    if owed:
        return f"open, {_hours(owed)} owed"
    return "nothing owed"


def way_of(way: Facts) -> tuple[str, ...]:
    """Writes one way of doing it as cells: name, amount, waits, hours lost, payback."""
    return (
        way["name"],
        f"{way['amount']:,}",
        _wait(way["wait"]),
        _wait(way["wait_of_others"]),
        _hours(way["lost_seconds"]),
        payback_words(way["repaid_at"], way["owed_seconds"], way["until"]),
    )


def _group(one: Facts) -> tuple[str, ...]:
    return (
        one.get("name") or one["group"] or "no area",
        f"{one['jobs']:,}",
        _wait(one["median_wait_without"]),
        _wait(one["median_wait_with"]),
        f"{one['moved_seconds'] / SECONDS_PER_HOUR:+,.0f}",
        _hours(one["lent_seconds"]),
    )


def _sure(fidelity: Facts | None) -> Iterable[str]:
    """Says how far a replay is from what was recorded."""
    if fidelity is None:
        yield "No starts were recorded, so how true this replay is cannot be told."
        return
    rank, ratio = fidelity["rank_correlation"], fidelity["mean_wait_ratio"]
    told = [
        f"rank correlation {rank:.2f}{_interval(fidelity['rank_correlation_interval'])}"
        if rank is not None
        else "",
        f"mean wait {ratio:.2f} of the recorded{_interval(fidelity['mean_wait_ratio_interval'])}"
        if ratio is not None
        else "",
    ]
    words = ", ".join(filter(None, told)) or "no wait was recorded to compare with"
    yield f"How sure: {words}. Compare now and then; neither is a forecast."


def _interval(pair: Sequence[float] | None) -> str:
    return "" if pair is None else f" ({pair[0]:.2f} to {pair[1]:.2f})"


def _days(first: str, last: str) -> int:
    between = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    return max(1, round(between.total_seconds() / SECONDS_PER_DAY))


def _is_time(one: Mapping[str, Any], key: str) -> bool:
    value = one.get(key)
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12


def _wait(seconds: float | None) -> str:
    return "no jobs" if seconds is None else span(seconds)


def _hours(seconds: int) -> str:
    return f"{seconds / SECONDS_PER_HOUR:,.0f} h"
