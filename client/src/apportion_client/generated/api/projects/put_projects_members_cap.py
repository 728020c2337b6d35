from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.cap_body import CapBody
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    slug: str,
    username: str,
    *,
    client: AuthenticatedClient | Client,
    body: CapBody,
    if_match: str | Unset = UNSET,
) -> Done:
    """Caps what a member may ever use of a project's credits, or lifts the cap."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/projects/{slug}/members/{username}/cap".format(
            slug=quote(str(slug), safe=""),
            username=quote(str(username), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
