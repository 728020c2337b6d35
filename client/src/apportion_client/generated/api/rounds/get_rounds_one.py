from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.round_answer import RoundAnswer


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
) -> RoundAnswer:
    """Shows one round: its state, its milestones and what its call asks."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}".format(
            slug=quote(str(slug), safe=""),
        ),
    )
    return cast(RoundAnswer, response.json())
