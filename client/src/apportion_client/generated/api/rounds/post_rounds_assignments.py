from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.asked_row import AskedRow
from ...models.pairs import Pairs
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: Pairs | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> list[AskedRow]:
    """Suggests who reads what; changes what is suggested; asks them all."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/assignments".format(
            slug=quote(str(slug), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(list[AskedRow], response.json())
