from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.subject import Subject


def sync(
    username: str,
    *,
    client: AuthenticatedClient | Client,
    body: Subject,
) -> Done:
    """Says that a person is the one whom the lab's sign-in knows by a subject."""

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/people/{username}/subject".format(
            username=quote(str(username), safe=""),
        ),
        json=body,
    )
    return cast(Done, response.json())
