from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_groups_response_200 import GetGroupsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetGroupsResponse200:
    """List which groups of the directory give which roles."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/groups",
        params=params,
    )
    return cast(GetGroupsResponse200, response.json())
