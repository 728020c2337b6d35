"""Changes and notices as rows and lines, for pages, files and the command line."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from apportion.apps.change.queries import Change, WindDown, steps_of
from apportion.core.units import DisplayUnit, format_quantity


class ChangeRow(TypedDict):
    """A change as listings show it. Units: amount in display units, as text."""

    ref: str
    what: str
    project: str
    other: str
    resource: str
    amount: str
    state: str
    asked_at: str
    answer_by: str
    answered_at: str


def change_rows(rows: Iterable[Change], units: Mapping[str, DisplayUnit]) -> list[ChangeRow]:
    """Writes changes as rows."""
    return [
        {
            "ref": row.ref,
            "what": row.what,
            "project": row.project.slug,
            "other": row.other.slug if row.other else "",
            "resource": row.resource.code,
            "amount": amount_of(row, units),
            "state": row.state,
            "asked_at": row.asked_at.isoformat(),
            "answer_by": row.answer_by_at.isoformat(),
            "answered_at": row.answered_at.isoformat() if row.answered_at else "",
        }
        for row in rows
    ]


def notice_rows(rows: Iterable[WindDown]) -> list[dict[str, str]]:
    """Writes notices as rows."""
    return [
        {
            "ref": row.ref,
            "project": row.project.slug,
            "stage": row.stage,
            "noticed_at": row.noticed_at.isoformat(),
            "last_day": row.last_at.isoformat(),
            "replied": "yes" if row.replied_at else "no",
            "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else "",
        }
        for row in rows
    ]


def amount_of(row: Change, units: Mapping[str, DisplayUnit]) -> str:
    """Writes an amount in its display unit; an extension moves none."""
    unit = units.get(row.resource.code, DisplayUnit.HOUR)
    return format_quantity(row.amount, unit) if row.amount else ""


def tell_change(row: Change, units: Mapping[str, DisplayUnit]) -> list[str]:
    """Tells a change in lines: what, why, the answer, and every step."""
    unit = units.get(row.resource.code, DisplayUnit.HOUR)
    size = f" of {amount_of(row, units)} {unit}s" if row.amount else ""
    to = f" to {row.other.slug}" if row.other else ""
    until = f" until {row.until_at:%Y-%m-%d}" if row.until_at else ""
    lines = [
        f"{row.ref}: {row.get_state_display()}",
        f"{row.get_what_display()}{size}{to} for {row.project.slug}, {row.resource.code}{until}",
        f"Why: {row.why}",
    ]
    if row.answer:
        lines.append(f"Answer: {row.answer}")
    for step in steps_of(row.ref):
        who = step.by.username if step.by else "time"
        lines.append(f"  {step.at:%Y-%m-%d %H:%M}  {step.verb} by {who}: {step.after}")
    return lines
