from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_projects_response_200 import GetProjectsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    q: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetProjectsResponse200:
    """Lists projects, those with a word in title or slug alone where one is given."""
    params: dict[str, Any] = {}

    params["q"] = q

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/projects",
        params=params,
    )
    return cast(GetProjectsResponse200, response.json())
