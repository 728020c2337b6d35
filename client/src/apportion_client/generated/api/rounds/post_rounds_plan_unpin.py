from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.compared_answer import ComparedAnswer
from ...models.unpin import Unpin
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: Unpin,
    if_match: str | Unset = UNSET,
) -> ComparedAnswer:
    """Gives a request that the board had moved back to the engine."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/plan/unpin".format(
            slug=quote(str(slug), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(ComparedAnswer, response.json())
