from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_my_notices_response_200 import GetMyNoticesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetMyNoticesResponse200:
    """Lists what one is told of and how soon."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/my/notices",
        params=params,
    )
    return cast(GetMyNoticesResponse200, response.json())
