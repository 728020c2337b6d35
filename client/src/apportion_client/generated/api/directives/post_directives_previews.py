from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.preview import Preview
from ...models.preview_answer import PreviewAnswer
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: Preview | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> PreviewAnswer:
    """Works out what a directive would do to whom, and keeps it for the signers."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/directives/{ref}/previews".format(
            ref=quote(str(ref), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(PreviewAnswer, response.json())
