from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.manager_body import ManagerBody


def sync(
    username: str,
    *,
    client: AuthenticatedClient | Client,
    body: ManagerBody,
) -> Done:
    """Says to whom a person reports."""

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/people/{username}/manager".format(
            username=quote(str(username), safe=""),
        ),
        json=body,
    )
    return cast(Done, response.json())
