from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_notice import NewNotice


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewNotice,
) -> Done:
    """Announces the end of a project; its lead may reply, and a second person confirms."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/winddowns",
        json=body,
    )
    return cast(Done, response.json())
