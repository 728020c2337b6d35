from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.endpoint_answer import EndpointAnswer
from ...models.new_endpoint import NewEndpoint


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewEndpoint,
) -> EndpointAnswer:
    """Adds a webhook and tells its secret, this once; or a chat room."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/webhooks",
        json=body,
    )
    return cast(EndpointAnswer, response.json())
