from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_equity_response_200 import GetEquityResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetEquityResponse200:
    """List who was granted too little, denied beyond chance, wound down quietly or fell silent."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/equity",
        params=params,
    )
    return cast(GetEquityResponse200, response.json())
