from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_messages_tries_response_200 import GetMessagesTriesResponse200
from ...types import UNSET, Unset


def sync(
    number: int,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetMessagesTriesResponse200:
    """Show every try to send one message."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/messages/{number}/tries".format(
            number=quote(str(number), safe=""),
        ),
        params=params,
    )
    return cast(GetMessagesTriesResponse200, response.json())
