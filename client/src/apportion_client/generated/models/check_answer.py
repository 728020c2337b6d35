from __future__ import annotations

from typing import TypedDict


class CheckAnswer(TypedDict):
    """One look at the configuration of a cluster."""

    level: str
    subject: str
    what: str
    mend: str
