from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_limits_alarms_response_200 import GetLimitsAlarmsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLimitsAlarmsResponse200:
    """List counters that fell or stayed behind the books without us, in minutes."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/limits/alarms",
        params=params,
    )
    return cast(GetLimitsAlarmsResponse200, response.json())
