from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.adopt import Adopt
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    slug: str,
    number: int,
    *,
    client: AuthenticatedClient | Client,
    body: Adopt | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Done:
    """Adopts a slate: every request of the round is decided, and hears of it at one instant."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/slates/{number}/adopt".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(Done, response.json())
