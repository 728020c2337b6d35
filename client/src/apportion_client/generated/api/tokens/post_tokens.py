from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.new_token import NewToken
from ...models.secret import Secret


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewToken,
) -> Secret:
    """Makes a token of one's own; made with a token, it reaches no further than that one."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/tokens",
        json=body,
    )
    return cast(Secret, response.json())
