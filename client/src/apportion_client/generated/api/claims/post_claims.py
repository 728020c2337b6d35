from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.post_claims_response_200 import PostClaimsResponse200
from ...models.statement import Statement


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Statement,
) -> PostClaimsResponse200:
    """Says whether a statement about shares is true, on this office's own record."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/claims",
        json=body,
    )
    return cast(PostClaimsResponse200, response.json())
