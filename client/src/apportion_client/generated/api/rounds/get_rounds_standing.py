from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_rounds_standing_response_200 import GetRoundsStandingResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    resource: str | Unset = "gpu:h100",
    areas: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRoundsStandingResponse200:
    """Show what each project of a round asked, was awarded, used and has left."""
    params: dict[str, Any] = {}

    params["resource"] = resource

    params["areas"] = areas

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/standing".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetRoundsStandingResponse200, response.json())
