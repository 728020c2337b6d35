from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_limits_response_200 import GetLimitsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLimitsResponse200:
    """List the limits last ordered and what the scheduler said of them, in minutes of one unit."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/limits",
        params=params,
    )
    return cast(GetLimitsResponse200, response.json())
