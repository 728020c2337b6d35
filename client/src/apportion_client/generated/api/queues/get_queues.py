from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_queues_response_200 import GetQueuesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetQueuesResponse200:
    """List what was last ordered of Kueue, and whether it was read back."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/queues",
        params=params,
    )
    return cast(GetQueuesResponse200, response.json())
