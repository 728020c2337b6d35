from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_appeal_stats_response_200 import GetAppealStatsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetAppealStatsResponse200:
    """Show how often appeals succeed, by area, with exact 95 % intervals."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/appeal-stats",
        params=params,
    )
    return cast(GetAppealStatsResponse200, response.json())
