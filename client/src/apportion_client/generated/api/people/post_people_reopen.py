from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    username: str,
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Lets somebody who came back sign in again."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/people/{username}/reopen".format(
            username=quote(str(username), safe=""),
        ),
    )
    return cast(Done, response.json())
