from typing import Any

from ...client import AuthenticatedClient, Client
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    old: int | Unset = 0,
    size: int | None | Unset = UNSET,
) -> str:
    """Gives the checkpoint to be cosigned, with proof that it continues the old."""
    params: dict[str, Any] = {}

    params["old"] = old

    json_size: int | None | Unset
    if isinstance(size, Unset):
        json_size = UNSET
    else:
        json_size = size
    params["size"] = json_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/witnesses/request",
        params=params,
    )
    return response.text
