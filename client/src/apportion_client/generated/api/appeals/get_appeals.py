from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_appeals_response_200 import GetAppealsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    state: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetAppealsResponse200:
    """Lists appeals, the newest first, without what was written in them."""
    params: dict[str, Any] = {}

    params["state"] = state

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/appeals",
        params=params,
    )
    return cast(GetAppealsResponse200, response.json())
