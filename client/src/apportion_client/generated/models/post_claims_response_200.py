from __future__ import annotations

from typing import TypedDict


class PostClaimsResponse200(TypedDict):
    """As the office has it."""
