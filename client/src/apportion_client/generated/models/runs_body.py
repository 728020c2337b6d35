from __future__ import annotations

from typing import TypedDict


class RunsBody(TypedDict):
    """Runs that were made, as CSV: job, arm, seed, value."""

    csv: str
