from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_request import NewRequest


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewRequest,
) -> Done:
    """Files a request, or keeps it as a draft."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/requests",
        json=body,
    )
    return cast(Done, response.json())
