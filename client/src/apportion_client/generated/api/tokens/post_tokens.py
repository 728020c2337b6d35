from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.new_token import NewToken
from ...models.secret import Secret


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewToken,
) -> Secret:
    """Makes a token of one's own; with a token, one that reaches no further and ends no later."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/tokens",
        json=body,
    )
    return cast(Secret, response.json())
