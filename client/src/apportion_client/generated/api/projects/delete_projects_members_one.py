from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    slug: str,
    username: str,
    *,
    client: AuthenticatedClient | Client,
    if_match: str | Unset = UNSET,
) -> Done:
    """Ends somebody's work on a project; what they used stays."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "DELETE",
        "/api/v1/projects/{slug}/members/{username}".format(
            slug=quote(str(slug), safe=""),
            username=quote(str(username), safe=""),
        ),
        headers=headers,
    )
    return cast(Done, response.json())
