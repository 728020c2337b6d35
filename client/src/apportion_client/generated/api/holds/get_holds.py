from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_holds_response_200 import GetHoldsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    project: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetHoldsResponse200:
    """List what is held of projects' credits for jobs that wait or run."""
    params: dict[str, Any] = {}

    params["project"] = project

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/holds",
        params=params,
    )
    return cast(GetHoldsResponse200, response.json())
