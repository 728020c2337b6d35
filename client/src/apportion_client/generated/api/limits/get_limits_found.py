from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_limits_found_response_200 import GetLimitsFoundResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLimitsFoundResponse200:
    """List what the newest look at each cluster found, alarms and levers too, with the mend."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/limits/found",
        params=params,
    )
    return cast(GetLimitsFoundResponse200, response.json())
