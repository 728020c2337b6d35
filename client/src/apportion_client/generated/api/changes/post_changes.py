from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_change import NewChange


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewChange,
) -> Done:
    """Asks for more, longer, elsewhere, earlier, or gives back what is not needed."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/changes",
        json=body,
    )
    return cast(Done, response.json())
