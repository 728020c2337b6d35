from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.answer_body import AnswerBody
from ...models.done import Done
from ...types import UNSET, Unset


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
    body: AnswerBody,
    if_match: str | Unset = UNSET,
) -> Done:
    """Answers an ask; what is granted is posted at once."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/changes/{ref}/answer".format(
            ref=quote(str(ref), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
