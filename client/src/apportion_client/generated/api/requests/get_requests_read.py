from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_requests_read_response_200 import GetRequestsReadResponse200
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRequestsReadResponse200:
    """Lists the opinions on one's request: in no order, without names."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/requests/{ref}/read".format(
            ref=quote(str(ref), safe=""),
        ),
        params=params,
    )
    return cast(GetRequestsReadResponse200, response.json())
