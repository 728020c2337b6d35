from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    number: int,
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Ends a delegation at once."""

    response = client.get_httpx_client().request(
        "DELETE",
        "/api/v1/delegations/{number}".format(
            number=quote(str(number), safe=""),
        ),
    )
    return cast(Done, response.json())
