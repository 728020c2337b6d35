from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.fairness_answer import FairnessAnswer


def sync(
    slug: str,
    number: int,
    *,
    client: AuthenticatedClient | Client,
) -> FairnessAnswer:
    """Shows how a slate treats the areas: approvals and cuts, and whether chance explains them."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/slates/{number}/fairness".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
        ),
    )
    return cast(FairnessAnswer, response.json())
