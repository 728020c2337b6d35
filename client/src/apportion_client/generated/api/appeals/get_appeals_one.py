from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.appeal_answer import AppealAnswer


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
) -> AppealAnswer:
    """Shows an appeal: who decides it, what is left of the reserve, every step."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/appeals/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    )
    return cast(AppealAnswer, response.json())
