from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.team_body import TeamBody
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: TeamBody | Unset = UNSET,
) -> Done:
    """Makes a team, or changes one."""

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/teams/{slug}".format(
            slug=quote(str(slug), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
    )
    return cast(Done, response.json())
