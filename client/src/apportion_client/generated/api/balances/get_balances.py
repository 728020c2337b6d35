from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_balances_response_200 import GetBalancesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    project: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetBalancesResponse200:
    """Lists what each project was granted, used and has left."""
    params: dict[str, Any] = {}

    params["project"] = project

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/balances",
        params=params,
    )
    return cast(GetBalancesResponse200, response.json())
