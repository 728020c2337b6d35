from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_person import NewPerson


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewPerson,
) -> Done:
    """Adds a person, or gives more roles to one who is there; passwords are set elsewhere."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/people",
        json=body,
    )
    return cast(Done, response.json())
