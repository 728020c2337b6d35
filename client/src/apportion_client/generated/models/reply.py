from __future__ import annotations

from typing import TypedDict


class Reply(TypedDict):
    """What the applicant says to the opinions."""

    text: str
