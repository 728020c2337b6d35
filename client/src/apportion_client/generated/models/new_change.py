from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.what import What


class NewChange(TypedDict):
    """More, longer, elsewhere, earlier, or back. Units: amount in base units."""

    what: What
    project: str
    resource: str
    why: str
    amount: NotRequired[int]
    to: NotRequired[None | str]
    until: NotRequired[None | str]
    dry_run: NotRequired[bool]
