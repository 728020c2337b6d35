from __future__ import annotations

from typing import TypedDict


class ChargeRow(TypedDict):
    """Rated usage of one job segment."""

    account: str
    user: str
    job: str
    name: str
    state: str
    resource: str
    size: int
    submitted_at: str
    started_at: str
    ended_at: str
    unit_seconds: int
    overrun_seconds: int
    microcredits: int
    refunded_seconds: int
    is_open: bool
