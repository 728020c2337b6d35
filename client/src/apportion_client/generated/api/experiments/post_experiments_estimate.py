from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.post_experiments_estimate_response_200 import PostExperimentsEstimateResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    if_match: str | Unset = UNSET,
) -> PostExperimentsEstimateResponse200:
    """Estimates from the pilot what settles the claim."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/experiments/{slug}/estimate".format(
            slug=quote(str(slug), safe=""),
        ),
        headers=headers,
    )
    return cast(PostExperimentsEstimateResponse200, response.json())
