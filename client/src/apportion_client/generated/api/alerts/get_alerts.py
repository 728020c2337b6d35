from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_alerts_response_200 import GetAlertsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    all_: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetAlertsResponse200:
    """Lists alerts of one's own projects; all of them for those who look after all."""
    params: dict[str, Any] = {}

    params["all"] = all_

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/alerts",
        params=params,
    )
    return cast(GetAlertsResponse200, response.json())
