from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_requests_versions_response_200 import GetRequestsVersionsResponse200
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRequestsVersionsResponse200:
    """Lists the versions of a request, the latest first."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/requests/{ref}/versions".format(
            ref=quote(str(ref), safe=""),
        ),
        params=params,
    )
    return cast(GetRequestsVersionsResponse200, response.json())
