from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class AnswerBody(TypedDict):
    """Yes or no; a refusal says why, and what would make it possible."""

    grant: bool
    why: NotRequired[str]
    dry_run: NotRequired[bool]
