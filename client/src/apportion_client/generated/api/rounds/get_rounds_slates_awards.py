from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_rounds_slates_awards_response_200 import GetRoundsSlatesAwardsResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    number: int,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRoundsSlatesAwardsResponse200:
    """List the awards of a slate in display units, each no with its reason and nearest way in."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/slates/{number}/awards".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
        ),
        params=params,
    )
    return cast(GetRoundsSlatesAwardsResponse200, response.json())
