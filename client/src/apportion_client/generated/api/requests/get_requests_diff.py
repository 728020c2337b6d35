from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_requests_diff_response_200 import GetRequestsDiffResponse200
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    first: int | None | Unset = UNSET,
    last: int | None | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRequestsDiffResponse200:
    """Shows what changed between two versions, field by field."""
    params: dict[str, Any] = {}

    json_first: int | None | Unset
    if isinstance(first, Unset):
        json_first = UNSET
    else:
        json_first = first
    params["first"] = json_first

    json_last: int | None | Unset
    if isinstance(last, Unset):
        json_last = UNSET
    else:
        json_last = last
    params["last"] = json_last

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/requests/{ref}/diff".format(
            ref=quote(str(ref), safe=""),
        ),
        params=params,
    )
    return cast(GetRequestsDiffResponse200, response.json())
