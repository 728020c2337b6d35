from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_experiments_steps_response_200 import GetExperimentsStepsResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetExperimentsStepsResponse200:
    """Show an experiment's steps; each stands sealed in the journal at its seq."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/experiments/{slug}/steps".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetExperimentsStepsResponse200, response.json())
