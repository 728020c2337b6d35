from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_tokens_response_200 import GetTokensResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetTokensResponse200:
    """Lists one's own tokens, the newest first, without their secrets."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/tokens",
        params=params,
    )
    return cast(GetTokensResponse200, response.json())
