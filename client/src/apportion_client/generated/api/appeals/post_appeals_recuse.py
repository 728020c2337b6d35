from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.recusal import Recusal
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Recusal,
    if_match: str | Unset = UNSET,
) -> Done:
    """Steps down as a decider; the next of the draw takes the chair."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/appeals/{ref}/recuse".format(
            ref=quote(str(ref), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
