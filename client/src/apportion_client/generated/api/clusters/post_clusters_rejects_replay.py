from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.replay import Replay
from ...types import UNSET, Unset


def sync(
    cluster: str,
    *,
    client: AuthenticatedClient | Client,
    body: Replay | Unset = UNSET,
) -> Done:
    """Reads the rejected rows again, after a mend of the office, and books what it now can."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/clusters/{cluster}/rejects/replay".format(
            cluster=quote(str(cluster), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
    )
    return cast(Done, response.json())
