from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Pays back every loan that is due, as far as its borrower can."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/loans/collect",
    )
    return cast(Done, response.json())
