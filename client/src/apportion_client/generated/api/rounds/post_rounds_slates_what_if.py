from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.compared_answer import ComparedAnswer
from ...models.what_if import WhatIf
from ...types import UNSET, Unset


def sync(
    slug: str,
    number: int,
    *,
    client: AuthenticatedClient | Client,
    body: WhatIf,
    if_match: str | Unset = UNSET,
) -> ComparedAnswer:
    """Moves something by hand in a slate: who gains, who loses, at what price."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/slates/{number}/what-if".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(ComparedAnswer, response.json())
