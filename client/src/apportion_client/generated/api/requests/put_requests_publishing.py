from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.consent import Consent
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Consent,
    if_match: str | Unset = UNSET,
) -> Done:
    """Lets the public record tell a decision, or takes that back; records that are out stay out."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "PUT",
        "/api/v1/requests/{ref}/publishing".format(
            ref=quote(str(ref), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
