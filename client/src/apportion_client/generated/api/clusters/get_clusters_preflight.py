from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.setup_answer import SetupAnswer


def sync(
    cluster: str,
    *,
    client: AuthenticatedClient | Client,
) -> SetupAnswer:
    """Looks whether the cluster's configuration can be trusted with limits."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/clusters/{cluster}/preflight".format(
            cluster=quote(str(cluster), safe=""),
        ),
    )
    return cast(SetupAnswer, response.json())
