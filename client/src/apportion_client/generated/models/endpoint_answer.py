from __future__ import annotations

from typing import TypedDict


class EndpointAnswer(TypedDict):
    """A webhook that was added or got a new secret, which is told this once."""

    ref: str
    secret: str
