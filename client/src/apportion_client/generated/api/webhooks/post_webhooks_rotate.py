from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.endpoint_answer import EndpointAnswer


def sync(
    name: str,
    *,
    client: AuthenticatedClient | Client,
) -> EndpointAnswer:
    """Gives a webhook a new secret; the former one signs beside it for a day."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/webhooks/{name}/rotate".format(
            name=quote(str(name), safe=""),
        ),
    )
    return cast(EndpointAnswer, response.json())
