from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_my_requests_response_200 import GetMyRequestsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetMyRequestsResponse200:
    """Lists what one wrote and what one's projects ask, the newest first."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/my/requests",
        params=params,
    )
    return cast(GetMyRequestsResponse200, response.json())
