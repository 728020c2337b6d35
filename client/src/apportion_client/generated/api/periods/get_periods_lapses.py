from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_periods_lapses_response_200 import GetPeriodsLapsesResponse200
from ...types import UNSET, Unset


def sync(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetPeriodsLapsesResponse200:
    """List who loses how much when the period is closed, or lost it, in display units."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/periods/{name}/lapses".format(
            name=quote(str(name), safe=""),
        ),
        params=params,
    )
    return cast(GetPeriodsLapsesResponse200, response.json())
