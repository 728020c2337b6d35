from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.slate_answer import SlateAnswer
from ...models.step_body import StepBody
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: StepBody | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> SlateAnswer:
    """Puts the board's plan back to the slate before the last move."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/plan/undo".format(
            slug=quote(str(slug), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(SlateAnswer, response.json())
