from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.extend import Extend
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: Extend | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Done:
    """Re-estimates from all runs and enlarges the last tranche: once, at most one and a half times."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/experiments/{slug}/extend".format(
            slug=quote(str(slug), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(Done, response.json())
