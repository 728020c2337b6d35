from __future__ import annotations

from typing import TypedDict


class Statement(TypedDict):
    """A statement about shares: the text of a claim.toml."""

    toml: str
