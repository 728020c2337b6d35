from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_rounds_requests_response_200 import GetRoundsRequestsResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    q: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRoundsRequestsResponse200:
    """Lists the requests that stand in a round."""
    params: dict[str, Any] = {}

    params["q"] = q

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/requests".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetRoundsRequestsResponse200, response.json())
