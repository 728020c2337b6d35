from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.get_rounds_review_log_response_200 import GetRoundsReviewLogResponse200
from ...types import UNSET, Unset


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetRoundsReviewLogResponse200:
    """List what was done about the reviews of a round, the latest first."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/review-log".format(
            slug=quote(str(slug), safe=""),
        ),
        params=params,
    )
    return cast(GetRoundsReviewLogResponse200, response.json())
