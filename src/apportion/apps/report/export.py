"""The requests of a round as files that `apportion decide` reads again. No tables here."""

import csv
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction

from apportion.adapters.terminal.render import defuse
from apportion.apps.apply.queries import Request
from apportion.core.ids import ResourceCode
from apportion.core.policy import Policy
from apportion.core.units import format_quantity

Row = dict[str, str]


def export_rows(
    requests: Sequence[Request], scores: Mapping[str, Fraction], policy: Policy
) -> list[Row]:
    """Writes each request under the columns of requests.csv."""
    return [_row(request, scores.get(request.ref), policy) for request in requests]


def write_csv(rows: Sequence[Row], policy: Policy) -> str:
    """Writes rows as CSV."""
    out = io.StringIO()
    table = csv.DictWriter(out, fieldnames=_columns(policy), lineterminator="\n")
    table.writeheader()
    table.writerows({name: defuse(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def _columns(policy: Policy) -> list[str]:
    amounts = [f"{side}.{code}" for code in policy.pool for side in ("ask", "minimum")]
    return ["id", "area", "groups", "project", "score", *amounts, "either_or", "requires"]


def _row(request: Request, score: Fraction | None, policy: Policy) -> Row:
    row = dict.fromkeys(_columns(policy), "")
    row |= {
        "id": request.ref,
        "area": request.project.area.slug,
        "groups": request.groups,
        "project": request.project.slug,
        "score": "" if score is None else f"{float(score):.4f}".rstrip("0").rstrip("."),
        "either_or": request.either_or,
        "requires": ";".join(sorted(link.ref for link in request.requires.all())),
    }
    for amount in request.amounts.all():
        code = ResourceCode(amount.resource.code)
        if f"ask.{code}" in row:
            unit = policy.resources[code].unit
            row[f"ask.{code}"] = format_quantity(amount.ask, unit)
            row[f"minimum.{code}"] = format_quantity(amount.minimum, unit)
    return row
