from __future__ import annotations

from typing import TypedDict


class Agreement(TypedDict):
    """Whether the applicant agrees to less than the minimum."""

    agrees: bool
