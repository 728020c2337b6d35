from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Attribution(TypedDict):
    """Which project's credits answer for an account."""

    account: str
    project: str
    dry_run: NotRequired[bool]
