from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class SignatureRow(TypedDict):
    """As the office has it."""

    person: NotRequired[None | str]
    asked_at: NotRequired[None | str]
    signed_at: NotRequired[None | str]
    released_at: NotRequired[None | str]
    released_why: NotRequired[None | str]
