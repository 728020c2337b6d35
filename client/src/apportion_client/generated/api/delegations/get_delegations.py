from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_delegations_response_200 import GetDelegationsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetDelegationsResponse200:
    """List what a person lent and was lent."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/delegations",
        params=params,
    )
    return cast(GetDelegationsResponse200, response.json())
