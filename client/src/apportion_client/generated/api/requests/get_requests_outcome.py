from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.outcome_answer import OutcomeAnswer


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
) -> OutcomeAnswer:
    """Says what was decided about one's request, why, and the nearest ways in."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/requests/{ref}/outcome".format(
            ref=quote(str(ref), safe=""),
        ),
    )
    return cast(OutcomeAnswer, response.json())
