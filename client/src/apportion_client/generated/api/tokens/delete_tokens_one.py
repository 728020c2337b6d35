from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    prefix: str,
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Ends a token at once."""

    response = client.get_httpx_client().request(
        "DELETE",
        "/api/v1/tokens/{prefix}".format(
            prefix=quote(str(prefix), safe=""),
        ),
    )
    return cast(Done, response.json())
