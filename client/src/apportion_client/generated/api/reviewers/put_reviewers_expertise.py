from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.expertise import Expertise
from ...types import UNSET, Unset


def sync(
    username: str,
    *,
    client: AuthenticatedClient | Client,
    body: Expertise | Unset = UNSET,
) -> Done:
    """Says what a reviewer knows about and how much they can read."""

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/reviewers/{username}/expertise".format(
            username=quote(str(username), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
    )
    return cast(Done, response.json())
