from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.edited_content_type_0 import EditedContentType0


class Edited(TypedDict):
    """Words to keep in a draft, by field; or the text of a whole request.toml."""

    content: NotRequired[EditedContentType0 | None]
    toml: NotRequired[None | str]
    version: NotRequired[int | None]
