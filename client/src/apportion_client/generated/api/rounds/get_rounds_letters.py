from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_rounds_letters_response_200 import GetRoundsLettersResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    request: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRoundsLettersResponse200:
    """List the letters of a round as they were written; before it is published, as they would be."""
    params: dict[str, Any] = {}

    params["request"] = request

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/letters".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetRoundsLettersResponse200, response.json())
