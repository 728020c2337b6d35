from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    if_match: str | Unset = UNSET,
) -> Done:
    """Sets aside the opinions of those who have become conflicted since."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/conflicts/recheck".format(
            slug=quote(str(slug), safe=""),
        ),
        headers=headers,
    )
    return cast(Done, response.json())
