from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_winddowns_response_200 import GetWinddownsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    project: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetWinddownsResponse200:
    """Lists notices of winding down, the newest first."""
    params: dict[str, Any] = {}

    params["project"] = project

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/winddowns",
        params=params,
    )
    return cast(GetWinddownsResponse200, response.json())
