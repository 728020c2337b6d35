from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.score import Score
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Score | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Done:
    """Gives an opinion of a request, or changes it."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/requests/{ref}/opinion".format(
            ref=quote(str(ref), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(Done, response.json())
