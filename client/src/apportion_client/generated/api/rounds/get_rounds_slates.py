from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_rounds_slates_response_200 import GetRoundsSlatesResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRoundsSlatesResponse200:
    """List the slates of a round, the newest first."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/slates".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetRoundsSlatesResponse200, response.json())
