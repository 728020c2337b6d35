from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.look_answer import LookAnswer
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    if_match: str | Unset = UNSET,
) -> LookAnswer:
    """Judges the runs so far; the next tranche is released, or what is held goes back at once."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/experiments/{slug}/looks".format(
            slug=quote(str(slug), safe=""),
        ),
        headers=headers,
    )
    return cast(LookAnswer, response.json())
