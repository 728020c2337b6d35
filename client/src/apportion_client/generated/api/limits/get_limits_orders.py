from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_limits_orders_response_200 import GetLimitsOrdersResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLimitsOrdersResponse200:
    """List the newest batches of orders: who gave them and what came of them."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/limits/orders",
        params=params,
    )
    return cast(GetLimitsOrdersResponse200, response.json())
