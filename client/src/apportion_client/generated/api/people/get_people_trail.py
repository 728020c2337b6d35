from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_people_trail_response_200 import GetPeopleTrailResponse200
from ...types import UNSET, Unset


def sync(
    username: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetPeopleTrailResponse200:
    """List what was done about somebody's account."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/people/{username}/trail".format(
            username=quote(str(username), safe=""),
        ),
        params=params,
    )
    return cast(GetPeopleTrailResponse200, response.json())
