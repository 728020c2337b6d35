from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    username: str,
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Closes the account of somebody who has left: sessions, tokens and delegations end at once."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/people/{username}/close".format(
            username=quote(str(username), safe=""),
        ),
    )
    return cast(Done, response.json())
