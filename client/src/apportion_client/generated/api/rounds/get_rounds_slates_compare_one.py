from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.compared_answer import ComparedAnswer


def sync(
    slug: str,
    number: int,
    other: int,
    *,
    client: AuthenticatedClient | Client,
) -> ComparedAnswer:
    """Compares two slates of a round: who gains, who loses, what it is worth."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/slates/{number}/compare/{other}".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
            other=quote(str(other), safe=""),
        ),
    )
    return cast(ComparedAnswer, response.json())
