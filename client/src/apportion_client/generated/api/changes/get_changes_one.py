from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.change_answer import ChangeAnswer


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
) -> ChangeAnswer:
    """Shows a change: what was asked, why, and every step."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/changes/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    )
    return cast(ChangeAnswer, response.json())
