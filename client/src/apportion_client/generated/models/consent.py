from __future__ import annotations

from typing import TypedDict


class Consent(TypedDict):
    """Whether the public record may tell a decision."""

    gives: bool
