from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.choice import Choice
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Choice | Unset = UNSET,
) -> Done:
    """Changes what one is told of and how soon."""

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/my/notices",
        json=None if isinstance(body, Unset) else body,
    )
    return cast(Done, response.json())
