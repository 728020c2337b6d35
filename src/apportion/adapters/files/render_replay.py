"""Replays as starts.csv, as JSON facts and as text for people."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from apportion.adapters.terminal.render import defuse
from apportion.core.faults import Fault
from apportion.core.simulate.fidelity import Fidelity
from apportion.core.simulate.outcome import Replay
from apportion.core.simulate.policy import Order
from apportion.core.simulate.summary import Summary, Waits

COLUMNS = ("job", "submit", "start", "end")
MOST_GROUPS = 20  # shown to people; the facts have all
MOST_TOLD = 20
MINUTE, HOUR, DAY = 60, 3600, 86_400
PROC_HOURS = 3600


def starts_csv(told: Replay) -> str:
    """Writes a row a job, in the order (submit, id). Units: seconds of the trace."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = (told.trace.submit.tolist(), told.starts.tolist(), told.ends.tolist())
    writer.writerows(zip(map(defuse, told.trace.ids), *rows, strict=True))
    return out.getvalue()


def replay_facts(told: Replay, summary: Summary, fidelity: Fidelity | None) -> dict[str, Any]:
    """Gives the answer as plain facts; what is not known is null."""
    return {
        "schema": "apportion.replay/1",
        "policy": told.policy.order.value,
        "jobs": summary.jobs,
        "left_out": [fault_facts(fault) for fault in told.trace.rejects],
        "capacity": summary.capacity,
        "submitted_from": summary.submitted_from,
        "ended_at": summary.ended_at,
        "work_seconds": summary.work,
        "utilisation": round(summary.utilisation, 6),
        "preemptions": summary.preemptions,
        "lost_seconds": summary.lost,
        "waits": waits_facts(summary.everyone),
        "groups": [{"group": each.group, **waits_facts(each)} for each in summary.groups],
        "fidelity": fidelity_facts(fidelity),
    }


def waits_facts(waits: Waits) -> dict[str, Any]:
    """Waits of some jobs. Units: seconds."""
    recorded = waits.recorded_mean
    return {
        "jobs": waits.jobs,
        "work_seconds": waits.work,
        "mean_wait": round(waits.mean, 3),
        "median_wait": round(waits.median, 3),
        "p95_wait": round(waits.p95, 3),
        "slowdown": round(waits.slowdown, 4),
        "lost_seconds": waits.lost,
        "recorded_mean_wait": None if recorded is None else round(recorded, 3),
    }


def fidelity_facts(fidelity: Fidelity | None) -> dict[str, Any] | None:
    """Replay against record; null where nothing was recorded."""
    if fidelity is None:
        return None
    return {
        "jobs": fidelity.jobs,
        "recorded_mean_wait": round(fidelity.recorded_mean, 3),
        "replayed_mean_wait": round(fidelity.replayed_mean, 3),
        "rank_correlation": _rounded(fidelity.correlation),
        "rank_correlation_interval": _pair(fidelity.correlation_interval),
        "mean_wait_ratio": _rounded(fidelity.ratio),
        "mean_wait_ratio_interval": _pair(fidelity.ratio_interval),
        "weeks": fidelity.weeks,
    }


def fault_facts(fault: Fault) -> dict[str, Any]:
    """One job that was left out, and why."""
    return {"line": fault.line, "field": fault.field, "value": fault.value, "what": fault.what}


def replay_text(told: Replay, summary: Summary, fidelity: Fidelity | None) -> str:
    """Writes the answer for a terminal: waits, groups, and how far to trust them."""
    order = told.policy.order
    lines = [
        (
            f"{summary.jobs:,} jobs on {summary.capacity:,} processors under {order.value}: "
            f"mean wait {span(summary.everyone.mean)}, half wait at most "
            f"{span(summary.everyone.median)}, one in twenty longer than {span(summary.everyone.p95)}."
        ),
        (
            f"{summary.utilisation:.1%} of the cluster was used over "
            f"{span(summary.ended_at - summary.submitted_from)}."
        ),
    ]
    if summary.preemptions:
        lines.append(
            f"{summary.preemptions:,} stops cost {summary.lost / PROC_HOURS:,.1f} processor-hours."
        )
    if len(summary.groups) > 1:
        lines += ["", *_table(summary.groups)]
    lines += ["", *fidelity_lines(fidelity)]
    if order is not Order.FCFS and not told.cluster.is_gang:
        lines.append("Only estimates reach the policy; jobs run exactly as long as they did.")
    return "\n".join(lines)


def fidelity_lines(fidelity: Fidelity | None) -> list[str]:
    """Says how far a replay is from what was recorded."""
    if fidelity is None:
        return ["The trace records no starts, so how true this replay is cannot be told."]
    ratio = _with_interval(fidelity.ratio, fidelity.ratio_interval)
    rank = _with_interval(fidelity.correlation, fidelity.correlation_interval)
    return [
        (
            f"Fidelity over {fidelity.weeks} weeks of jobs: mean wait {span(fidelity.replayed_mean)} replayed, "
            f"{span(fidelity.recorded_mean)} recorded, ratio {ratio}; rank correlation {rank}."
        ),
        "Compare two replays with each other; do not read one as a forecast.",
    ]


def left_out_lines(faults: Sequence[Fault]) -> list[str]:
    """Says which jobs were left out, the first of them one by one."""
    lines = [str(fault) for fault in faults[:MOST_TOLD]]
    if len(faults) > MOST_TOLD:
        lines.append(f"{len(faults) - MOST_TOLD:,} more were left out; --json lists all of them")
    return lines


def span(seconds: float) -> str:
    """Writes a length of time in its two largest units."""
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
    return f"{whole // DAY:,} d {whole % DAY // HOUR} h"


def _table(groups: Sequence[Waits]) -> list[str]:
    """The groups with the most work, and how many are not shown."""
    shown = sorted(groups, key=lambda each: (-each.work, each.group))[:MOST_GROUPS]
    width = max(5, *(len(_name(each)) for each in shown))
    lines = [f"{'Group':<{width}}  {'Jobs':>9}  {'Hours':>13}  {'Mean wait':>14}  {'95 %':>14}"]
    lines += [
        f"{_name(each):<{width}}  {each.jobs:>9,}  {each.work / PROC_HOURS:>13,.1f}  "
        f"{span(each.mean):>14}  {span(each.p95):>14}"
        for each in shown
    ]
    if len(groups) > len(shown):
        lines.append(f"and {len(groups) - len(shown)} more groups")
    return lines


def _name(waits: Waits) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in waits.group)
    return (text or "(none)")[:40]


def _with_interval(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None:
        return "unknown"
    text = f"{value:.2f}"
    if interval is None:
        return text
    return f"{text} ({interval[0]:.2f} to {interval[1]:.2f})"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _pair(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else [round(each, 6) for each in interval]
