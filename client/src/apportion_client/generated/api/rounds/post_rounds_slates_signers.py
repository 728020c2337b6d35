from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.signature_row import SignatureRow
from ...types import UNSET, Unset


def sync(
    slug: str,
    number: int,
    *,
    client: AuthenticatedClient | Client,
    if_match: str | Unset = UNSET,
) -> list[SignatureRow]:
    """Asks as many board members to sign a slate as the policy wants."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/slates/{number}/signers".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
        ),
        headers=headers,
    )
    return cast(list[SignatureRow], response.json())
