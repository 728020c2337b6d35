from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.embargo import Embargo
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: Embargo,
    if_match: str | Unset = UNSET,
) -> Done:
    """Sets the instant at which what was adopted is published by itself."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/rounds/{slug}/embargo".format(
            slug=quote(str(slug), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
