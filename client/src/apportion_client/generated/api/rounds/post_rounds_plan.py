from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.compared_answer import ComparedAnswer
from ...models.plan_move import PlanMove
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: PlanMove,
    if_match: str | Unset = UNSET,
) -> ComparedAnswer:
    """Moves a request, the line, a floor or a cap in the board's plan, with the reason."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds/{slug}/plan".format(
            slug=quote(str(slug), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(ComparedAnswer, response.json())
