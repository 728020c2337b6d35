from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_periods_response_200 import GetPeriodsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetPeriodsResponse200:
    """List periods, the latest first."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/periods",
        params=params,
    )
    return cast(GetPeriodsResponse200, response.json())
