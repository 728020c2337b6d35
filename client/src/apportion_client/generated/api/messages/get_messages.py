from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_messages_response_200 import GetMessagesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    state: str | Unset = "",
    to: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetMessagesResponse200:
    """Lists messages, the newest first, a thousand at most."""
    params: dict[str, Any] = {}

    params["state"] = state

    params["to"] = to

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/messages",
        params=params,
    )
    return cast(GetMessagesResponse200, response.json())
