from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.slate_answer import SlateAnswer
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    if_match: str | Unset = UNSET,
) -> SlateAnswer:
    """Runs the engine on a round as it stands and keeps the result as a slate."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/slates".format(
            slug=quote(str(slug), safe=""),
        ),
        headers=headers,
    )
    return cast(SlateAnswer, response.json())
