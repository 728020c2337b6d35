from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_teams_response_200 import GetTeamsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetTeamsResponse200:
    """List teams, and whether their members are kept from judging each other."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/teams",
        params=params,
    )
    return cast(GetTeamsResponse200, response.json())
