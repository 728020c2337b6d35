from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_directives_response_200 import GetDirectivesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetDirectivesResponse200:
    """List every directive: kept or broken, lent, paid back; in display units."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/directives",
        params=params,
    )
    return cast(GetDirectivesResponse200, response.json())
