from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.edited import Edited
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Edited | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Done:
    """Saves over a draft; what others saved since that version is kept beside it."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/requests/{ref}/content".format(
            ref=quote(str(ref), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(Done, response.json())
