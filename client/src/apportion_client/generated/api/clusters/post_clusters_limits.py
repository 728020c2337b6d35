from typing import Any, cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.apply import Apply
from ...models.plan_answer import PlanAnswer
from ...types import UNSET, Unset


def sync(
    cluster: str,
    *,
    client: AuthenticatedClient | Client,
    body: Apply | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> PlanAnswer:
    """Makes the limits what the books hold, and reads them back; repeating it changes nothing."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/clusters/{cluster}/limits".format(
            cluster=quote(str(cluster), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
        headers=headers,
    )
    return cast(PlanAnswer, response.json())
