from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.proof import Proof


def sync(
    index: int,
    *,
    client: AuthenticatedClient | Client,
) -> Proof:
    """Gives the bare proof that one leaf stands in the journal; a receipt says more."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/proofs/{index}".format(
            index=quote(str(index), safe=""),
        ),
    )
    return cast(Proof, response.json())
