from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.publish import Publish
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: Publish | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Done:
    """Publishes what was adopted and is not held back, and pays it, all at one instant."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/publish".format(
            slug=quote(str(slug), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(Done, response.json())
