from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_ties_declarations_response_200 import GetTiesDeclarationsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetTiesDeclarationsResponse200:
    """Lists what one has declared."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ties/declarations",
        params=params,
    )
    return cast(GetTiesDeclarationsResponse200, response.json())
