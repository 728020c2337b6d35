from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_standing_response_200 import GetStandingResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    resource: str | Unset = "gpu:h100",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetStandingResponse200:
    """Show how each area, and a person, fared over all rounds beside the others."""
    params: dict[str, Any] = {}

    params["resource"] = resource

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/standing",
        params=params,
    )
    return cast(GetStandingResponse200, response.json())
