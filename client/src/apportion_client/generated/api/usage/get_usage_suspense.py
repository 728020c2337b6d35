from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_usage_suspense_response_200 import GetUsageSuspenseResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetUsageSuspenseResponse200:
    """List what no project's credits answer for, by the scheduler's account."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/usage/suspense",
        params=params,
    )
    return cast(GetUsageSuspenseResponse200, response.json())
