from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.ruling import Ruling
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Ruling,
    if_match: str | Unset = UNSET,
) -> Done:
    """Writes the ruling, as one of those who decide; with the last signature it is carried out."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/appeals/{ref}/ruling".format(
            ref=quote(str(ref), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
