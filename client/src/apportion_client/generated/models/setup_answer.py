from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.check_answer import CheckAnswer


class SetupAnswer(TypedDict):
    """Whether a cluster's configuration can be trusted with limits."""

    can_be_trusted: bool
    checks: list[CheckAnswer]
