from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.new_endpoint_kind import NewEndpointKind


class NewEndpoint(TypedDict):
    """A webhook or a chat room to tell."""

    name: str
    url: str
    kind: NotRequired[NewEndpointKind]
    topics: NotRequired[str]
