from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_usage_rejects_response_200 import GetUsageRejectsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cluster: str | Unset = "",
    all_: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetUsageRejectsResponse200:
    """List the rows of accounting that a sync could not take, word for word."""
    params: dict[str, Any] = {}

    params["cluster"] = cluster

    params["all"] = all_

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/usage/rejects",
        params=params,
    )
    return cast(GetUsageRejectsResponse200, response.json())
