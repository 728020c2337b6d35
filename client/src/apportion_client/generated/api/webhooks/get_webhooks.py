from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_webhooks_response_200 import GetWebhooksResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetWebhooksResponse200:
    """List webhooks and chat rooms."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/webhooks",
        params=params,
    )
    return cast(GetWebhooksResponse200, response.json())
