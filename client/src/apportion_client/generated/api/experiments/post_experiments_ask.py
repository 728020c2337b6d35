from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.ask import Ask
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: Ask,
    if_match: str | Unset = UNSET,
) -> Done:
    """Files what settles the claim as a request, with the runs' metered use as its minimum."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/experiments/{slug}/ask".format(
            slug=quote(str(slug), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
