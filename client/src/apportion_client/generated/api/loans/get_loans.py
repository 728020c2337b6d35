from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_loans_response_200 import GetLoansResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    borrower: str | Unset = "",
    overdue: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetLoansResponse200:
    """Lists what was lent by whom to whom, what is owed and until when."""
    params: dict[str, Any] = {}

    params["borrower"] = borrower

    params["overdue"] = overdue

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/loans",
        params=params,
    )
    return cast(GetLoansResponse200, response.json())
