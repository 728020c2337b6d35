from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_my_reviews_response_200 import GetMyReviewsResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetMyReviewsResponse200:
    """Lists what one is asked to read."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/my/reviews",
        params=params,
    )
    return cast(GetMyReviewsResponse200, response.json())
