from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class TokenRow(TypedDict):
    """A token, without its secret."""

    prefix: str
    name: str
    scopes: str
    created_at: str
    expires_at: str
    revoked_at: None | str
    last_used_at: None | str
