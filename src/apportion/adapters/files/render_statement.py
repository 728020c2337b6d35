"""A statement as CSV and as JSON; both hold every figure, so that anyone can add them up."""

import csv
import io
import json
from datetime import datetime

from apportion.adapters.terminal.render import defuse
from apportion.core.statement import Bounds, Row, Statement

SCHEMA = "apportion.statement/1"
COLUMNS = (
    "seq",
    "id",
    "effective_at",
    "recorded_at",
    "code",
    "amount",
    "balance",
    "other",
    "note",
)


def statement_csv(statement: Statement) -> str:
    """Writes opening balance, rows and closing balance under one header.

    Units: base units. No text runs as a formula where a spreadsheet opens the file.
    """
    out = io.StringIO()
    table = csv.DictWriter(out, fieldnames=COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    begins, ends = _instant(statement.bounds.starts_at), _instant(statement.bounds.ends_at)
    table.writerow({"effective_at": begins, "code": "opening", "balance": statement.opening})
    for row in statement.rows:
        cells = _cells(row)
        texts = {name: defuse(str(cells[name])) for name in ("code", "other", "note")}
        table.writerow(cells | texts)
    table.writerow({"effective_at": ends, "code": "closing", "balance": statement.closing})
    return out.getvalue()


def statement_json(statement: Statement) -> str:
    """Writes a statement as one JSON object with sorted keys."""
    document = {
        "schema": SCHEMA,
        "account": _account(statement),
        "window": _window(statement.bounds),
        "opening": statement.opening,
        "rows": [_cells(row) for row in statement.rows],
        "closing": statement.closing,
    }
    return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False)


def _cells(row: Row) -> dict[str, object]:
    movement = row.movement
    return {
        "seq": movement.seq,
        "id": movement.id.hex(),
        "effective_at": movement.effective_at.isoformat(),
        "recorded_at": movement.recorded_at.isoformat(),
        "code": movement.code.value,
        "amount": movement.amount,
        "balance": row.balance,
        "other": str(movement.other),
        "note": movement.note,
    }


def _account(statement: Statement) -> dict[str, str]:
    key = statement.account
    return {"kind": key.kind.value, "owner": key.owner, "unit": key.unit}


def _window(bounds: Bounds) -> dict[str, str | None]:
    return {
        "starts_at": _instant(bounds.starts_at) or None,
        "ends_at": _instant(bounds.ends_at) or None,
        "recorded_before": _instant(bounds.recorded_before) or None,
    }


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
