from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.loan_answer import LoanAnswer


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
) -> LoanAnswer:
    """Shows one loan."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/loans/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    )
    return cast(LoanAnswer, response.json())
