from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.directive_answer import DirectiveAnswer


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
) -> DirectiveAnswer:
    """Shows a directive: its steps, signatures and newest preview."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/directives/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    )
    return cast(DirectiveAnswer, response.json())
