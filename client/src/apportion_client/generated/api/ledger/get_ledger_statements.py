from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_ledger_statements_kind import (
    GetLedgerStatementsKind,
)
from ...models.get_ledger_statements_response_200 import GetLedgerStatementsResponse200
from ...types import UNSET, Unset


def sync(
    owner: str,
    *,
    client: AuthenticatedClient | Client,
    unit: str | Unset = "gpu:h100",
    kind: GetLedgerStatementsKind | Unset = "project",
    starts: str | Unset = "",
    until: str | Unset = "",
    recorded: str | Unset = "",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLedgerStatementsResponse200:
    """List what an account held, what moved it and what it held after, in base units."""
    params: dict[str, Any] = {}

    params["unit"] = unit

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind

    params["kind"] = json_kind

    params["starts"] = starts

    params["until"] = until

    params["recorded"] = recorded

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/statements/{owner}".format(
            owner=quote(str(owner), safe=""),
        ),
        params=params,
    )
    return cast(GetLedgerStatementsResponse200, response.json())
