from __future__ import annotations

from typing import TypedDict


class Draft(TypedDict):
    """The text of a directive.toml."""

    toml: str
