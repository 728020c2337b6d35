from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class NewProject(TypedDict):
    """A project to start; without a lead, it is led by whoever calls."""

    slug: str
    title: str
    area: str
    lead: NotRequired[None | str]
