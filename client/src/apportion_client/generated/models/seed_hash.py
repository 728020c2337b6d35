from __future__ import annotations

from typing import TypedDict


class SeedHash(TypedDict):
    """The hash of a seed, which is told later."""

    sha256: str
