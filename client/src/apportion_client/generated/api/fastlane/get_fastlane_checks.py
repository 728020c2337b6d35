from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_fastlane_checks_response_200 import GetFastlaneChecksResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetFastlaneChecksResponse200:
    """List the awards that the draw chose to be looked at."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/fastlane/checks",
        params=params,
    )
    return cast(GetFastlaneChecksResponse200, response.json())
