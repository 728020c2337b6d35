from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_people_response_200 import GetPeopleResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetPeopleResponse200:
    """List people with their roles, teams and manager."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/people",
        params=params,
    )
    return cast(GetPeopleResponse200, response.json())
