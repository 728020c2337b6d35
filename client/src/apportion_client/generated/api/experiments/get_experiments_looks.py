from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_experiments_looks_response_200 import GetExperimentsLooksResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetExperimentsLooksResponse200:
    """List what each look saw."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/experiments/{slug}/looks".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetExperimentsLooksResponse200, response.json())
