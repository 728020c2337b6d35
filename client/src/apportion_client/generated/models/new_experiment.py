from __future__ import annotations

from typing import TypedDict


class NewExperiment(TypedDict):
    """A claim to fix before any run."""

    slug: str
    project: str
    title: str
    claim: str
