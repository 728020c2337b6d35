from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.turn import Turn


def sync(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: Turn,
) -> Done:
    """Tells a webhook or room nothing more, or again."""

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/webhooks/{name}".format(
            name=quote(str(name), safe=""),
        ),
        json=body,
    )
    return cast(Done, response.json())
