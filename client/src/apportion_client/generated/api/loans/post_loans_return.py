from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.loan_answer import LoanAnswer
from ...models.payment import Payment
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Payment | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> LoanAnswer:
    """Pays a loan back, early or late, whole or in part."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/loans/{ref}/return".format(
            ref=quote(str(ref), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(LoanAnswer, response.json())
