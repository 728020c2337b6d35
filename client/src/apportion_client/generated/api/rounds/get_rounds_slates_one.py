from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.slate_answer import SlateAnswer


def sync(
    slug: str,
    number: int,
    *,
    client: AuthenticatedClient | Client,
) -> SlateAnswer:
    """Shows one slate."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/slates/{number}".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
        ),
    )
    return cast(SlateAnswer, response.json())
