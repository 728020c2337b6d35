from __future__ import annotations

from typing import TypedDict


class GetRecordResponse200(TypedDict):
    """As the office has it."""
