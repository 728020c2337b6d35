from __future__ import annotations

from typing import TypedDict


class FileAnswer(TypedDict):
    """A file that is attached."""

    name: str
    kind: str
    size: int
    sha256: str
