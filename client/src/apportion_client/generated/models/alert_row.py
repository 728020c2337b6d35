from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class AlertRow(TypedDict):
    """An alert. Units: left in base units."""

    id: int
    project: str
    resource: str
    kind: str
    raised_at: str
    left: int
    acknowledged_by: None | str
    cleared_at: None | str
