from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class Signatures(TypedDict):
    """The signature lines that a witness wrote."""

    lines: list[str]
