from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_ledger_accounts_response_200 import GetLedgerAccountsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLedgerAccountsResponse200:
    """List accounts with their balances, in base units."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/accounts",
        params=params,
    )
    return cast(GetLedgerAccountsResponse200, response.json())
