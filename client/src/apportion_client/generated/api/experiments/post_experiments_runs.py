from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.runs_body import RunsBody
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    body: RunsBody,
    if_match: str | Unset = UNSET,
) -> Done:
    """Reports runs; what each cost is taken from the meter by its job."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/experiments/{slug}/runs".format(
            slug=quote(str(slug), safe=""),
        ),
        json=body,
        headers=headers,
    )
    return cast(Done, response.json())
