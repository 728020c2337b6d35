from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_usage_response_200 import GetUsageResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    period: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetUsageResponse200:
    """Lists what was used, by project and account; of the charges that ended in a period."""
    params: dict[str, Any] = {}

    params["period"] = period

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/usage",
        params=params,
    )
    return cast(GetUsageResponse200, response.json())
