from __future__ import annotations

from typing import TypedDict


class FindingOutput(TypedDict):
    """Something that was found and no order mends."""

    subject: str
    what: str
    mend: str
