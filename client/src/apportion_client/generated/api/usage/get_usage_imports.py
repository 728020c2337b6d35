from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_usage_imports_response_200 import GetUsageImportsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetUsageImportsResponse200:
    """List the latest imports."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/usage/imports",
        params=params,
    )
    return cast(GetUsageImportsResponse200, response.json())
