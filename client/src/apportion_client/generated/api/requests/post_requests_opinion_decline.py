from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.reason import Reason
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Reason,
    if_match: str | Unset = UNSET,
) -> Done:
    """Says that one will not read a request; where one has a stake, declare it instead."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/requests/{ref}/opinion/decline".format(
            ref=quote(str(ref), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
