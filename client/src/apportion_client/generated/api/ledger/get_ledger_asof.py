from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_ledger_asof_response_200 import GetLedgerAsofResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    owner: str | Unset = "",
    effective: str | Unset = "",
    recorded: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLedgerAsofResponse200:
    """Tell what accounts held as of any two times, recomputed from their transfers."""
    params: dict[str, Any] = {}

    params["owner"] = owner

    params["effective"] = effective

    params["recorded"] = recorded

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/asof",
        params=params,
    )
    return cast(GetLedgerAsofResponse200, response.json())
