from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.loan_answer import LoanAnswer
from ...models.new_loan import NewLoan


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewLoan,
) -> LoanAnswer:
    """Redirects credits from one project to another, to come back by a date."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/loans",
        json=body,
    )
    return cast(LoanAnswer, response.json())
