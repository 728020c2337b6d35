from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_draft import NewDraft


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewDraft,
) -> Done:
    """Begins a draft, of a title or of a request.toml."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/drafts",
        json=body,
    )
    return cast(Done, response.json())
