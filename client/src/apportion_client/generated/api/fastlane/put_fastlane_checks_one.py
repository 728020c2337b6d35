from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.finding_input import FindingInput


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: FindingInput,
) -> Done:
    """Says of an award that was drawn whether it was rightly granted at once."""

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/fastlane/checks/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
        json=body,
    )
    return cast(Done, response.json())
