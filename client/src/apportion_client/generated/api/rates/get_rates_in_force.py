import datetime
from typing import Any

from ...client import AuthenticatedClient, Client
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    on: datetime.date | None | Unset = UNSET,
) -> str:
    """Gives the rates.toml that holds on a UTC day; today where none is said."""
    params: dict[str, Any] = {}

    json_on: None | str | Unset
    if isinstance(on, Unset):
        json_on = UNSET
    elif isinstance(on, datetime.date):
        json_on = on.isoformat()
    else:
        json_on = on
    params["on"] = json_on

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rates/in-force",
        params=params,
    )
    return response.text
