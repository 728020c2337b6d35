from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class ManagerBody(TypedDict):
    """To whom a person reports; nobody where it is null."""

    manager: None | str
