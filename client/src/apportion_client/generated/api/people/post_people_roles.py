from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.role_body import RoleBody


def sync(
    username: str,
    *,
    client: AuthenticatedClient | Client,
    body: RoleBody,
) -> Done:
    """Gives somebody a role, everywhere or in one round or area; or takes it."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/people/{username}/roles".format(
            username=quote(str(username), safe=""),
        ),
        json=body,
    )
    return cast(Done, response.json())
