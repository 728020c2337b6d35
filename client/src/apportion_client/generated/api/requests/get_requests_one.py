from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.request_answer import RequestAnswer


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
) -> RequestAnswer:
    """Shows what a request says, with its files and who did what."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/requests/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    )
    return cast(RequestAnswer, response.json())
