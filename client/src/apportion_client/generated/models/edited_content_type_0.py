from __future__ import annotations

from typing import TypedDict


class EditedContentType0(TypedDict):
    """As the office has it."""
