from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_my_consents_response_200 import GetMyConsentsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetMyConsentsResponse200:
    """Lists one's decided requests and what one said of each."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/my/consents",
        params=params,
    )
    return cast(GetMyConsentsResponse200, response.json())
