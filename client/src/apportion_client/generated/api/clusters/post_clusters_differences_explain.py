from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.explanation import Explanation


def sync(
    cluster: str,
    *,
    client: AuthenticatedClient | Client,
    body: Explanation,
) -> Done:
    """Explains a difference; if it changes later, it stands in suspense again."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/clusters/{cluster}/differences/explain".format(
            cluster=quote(str(cluster), safe=""),
        ),
        json=body,
    )
    return cast(Done, response.json())
