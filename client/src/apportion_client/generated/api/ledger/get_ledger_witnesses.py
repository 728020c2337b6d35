from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_ledger_witnesses_response_200 import GetLedgerWitnessesResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLedgerWitnessesResponse200:
    """List the witnesses whom the office trusts, and the largest checkpoint that each signed."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/witnesses",
        params=params,
    )
    return cast(GetLedgerWitnessesResponse200, response.json())
