from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    number: int,
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Puts a message back into the queue."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/messages/{number}/resend".format(
            number=quote(str(number), safe=""),
        ),
    )
    return cast(Done, response.json())
