from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Test(TypedDict):
    """Where a test goes; empty is a mail to oneself."""

    to: NotRequired[str]
