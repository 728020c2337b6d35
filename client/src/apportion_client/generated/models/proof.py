from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class Proof(TypedDict):
    """The bare proof that one leaf stands in the journal, in hexadecimal."""

    index: int
    leaf: str
    path: list[str]
    root: str
    size: int
