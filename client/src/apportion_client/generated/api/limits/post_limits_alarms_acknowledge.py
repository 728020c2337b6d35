from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    number: int,
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Notes that an alarm was looked into; where the site fails closed, the project goes on."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/limits/alarms/{number}/acknowledge".format(
            number=quote(str(number), safe=""),
        ),
    )
    return cast(Done, response.json())
