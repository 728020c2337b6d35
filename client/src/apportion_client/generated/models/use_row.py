from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class UseRow(TypedDict):
    """What one account used of one resource; without a project it stands in suspense."""

    project: str
    account: str
    resource: str
    unit: str
    charges: int
    unit_seconds: int
    overrun_seconds: int
    microcredits: int
    ran_dry_at: None | str
