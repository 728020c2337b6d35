from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_projects_members_response_200 import GetProjectsMembersResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetProjectsMembersResponse200:
    """Lists who works on a project, what each used of it and may use."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/projects/{slug}/members".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetProjectsMembersResponse200, response.json())
