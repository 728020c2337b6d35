from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.test import Test
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Test | Unset = UNSET,
) -> Done:
    """Queues a test, to see whether it arrives."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/messages",
        json=None if isinstance(body, Unset) else body,
    )
    return cast(Done, response.json())
