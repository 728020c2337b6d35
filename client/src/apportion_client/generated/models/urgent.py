from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.urgent_pool import UrgentPool


class Urgent(TypedDict):
    """A round of one request that cannot wait."""

    slug: str
    like: str
    pool: UrgentPool
    why: str
    days: NotRequired[int]
