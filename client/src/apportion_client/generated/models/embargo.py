from __future__ import annotations

from typing import TypedDict


class Embargo(TypedDict):
    """When what was adopted is published by itself."""

    until: str
