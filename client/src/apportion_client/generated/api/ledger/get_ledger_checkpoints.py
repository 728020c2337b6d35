from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_ledger_checkpoints_response_200 import GetLedgerCheckpointsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLedgerCheckpointsResponse200:
    """List the signed checkpoints, the newest first, with who signed each."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/checkpoints",
        params=params,
    )
    return cast(GetLedgerCheckpointsResponse200, response.json())
