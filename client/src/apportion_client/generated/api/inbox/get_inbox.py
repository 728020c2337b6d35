from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_inbox_response_200 import GetInboxResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetInboxResponse200:
    """Lists what waits for whoever calls, what is due first first."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/inbox",
        params=params,
    )
    return cast(GetInboxResponse200, response.json())
