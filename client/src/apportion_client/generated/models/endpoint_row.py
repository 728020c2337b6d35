from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class EndpointRow(TypedDict):
    """As the office has it."""

    name: NotRequired[None | str]
    kind: NotRequired[None | str]
    at: NotRequired[None | str]
    topics: NotRequired[None | str]
    added_by: NotRequired[None | str]
    added_at: NotRequired[None | str]
    off_at: NotRequired[None | str]
    off_why: NotRequired[None | str]
