from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_rounds_response_200 import GetRoundsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    fast: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRoundsResponse200:
    """List rounds, the latest first."""
    params: dict[str, Any] = {}

    params["fast"] = fast

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds",
        params=params,
    )
    return cast(GetRoundsResponse200, response.json())
