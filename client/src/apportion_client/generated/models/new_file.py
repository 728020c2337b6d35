from __future__ import annotations

from typing import TypedDict


class NewFile(TypedDict):
    """A file to attach."""

    name: str
    base64: str
