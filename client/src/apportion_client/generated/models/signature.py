from __future__ import annotations

from typing import TypedDict


class Signature(TypedDict):
    """The number of the preview that was read."""

    preview: int
