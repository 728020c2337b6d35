from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_changes_response_200 import GetChangesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    state: str | Unset = "",
    project: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetChangesResponse200:
    """Lists changes that were asked for, the newest first; amounts in display units."""
    params: dict[str, Any] = {}

    params["state"] = state

    params["project"] = project

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/changes",
        params=params,
    )
    return cast(GetChangesResponse200, response.json())
