"""Balances as Open OnDemand reads them: whole numbers, a row for each user of a project.

Source: OSC/ondemand, apps/dashboard/app/models/balance.rb, which finds the rows of one user,
takes `value` for an integer and `timestamp` for epoch seconds.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

VERSION = 1
PROJECT_TYPE = "project"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserBalance:
    """What a user may still spend of a project. Units: whole display units, rounded down."""

    user: str
    project: str
    value: int


def render_balances(balances: Iterable[UserBalance], *, unit: str, now: datetime) -> bytes:
    """Writes the file; the same balances give the same bytes, whatever their order."""
    rows = sorted(balances, key=lambda row: (row.user, row.project))
    told = {
        "version": VERSION,
        "timestamp": int(now.timestamp()),
        "config": {"unit": unit, "project_type": PROJECT_TYPE},
        "balances": [
            {"user": row.user, "project": row.project, "value": row.value} for row in rows
        ],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
