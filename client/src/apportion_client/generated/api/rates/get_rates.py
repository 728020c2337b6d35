from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_rates_response_200 import GetRatesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRatesResponse200:
    """List what was set, oldest first; of one day, the last counts."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rates",
        params=params,
    )
    return cast(GetRatesResponse200, response.json())
