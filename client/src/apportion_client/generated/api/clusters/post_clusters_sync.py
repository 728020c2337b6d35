from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.sync import Sync
from ...types import UNSET, Unset


def sync(
    cluster: str,
    *,
    client: AuthenticatedClient | Client,
    body: Sync | Unset = UNSET,
) -> Done:
    """Reads a Slurm cluster's accounting into the books; repeating it adds only what is new."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/clusters/{cluster}/sync".format(
            cluster=quote(str(cluster), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
    )
    return cast(Done, response.json())
