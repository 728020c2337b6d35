from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.preview_replay_type_0 import PreviewReplayType0


class Preview(TypedDict):
    """A replay's JSON, attached beside the office's own."""

    replay: NotRequired[None | PreviewReplayType0]
