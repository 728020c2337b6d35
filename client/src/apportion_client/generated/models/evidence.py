from __future__ import annotations

from typing import TypedDict


class Evidence(TypedDict):
    """A file to attach."""

    name: str
    base64: str
