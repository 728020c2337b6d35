from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.force import Force
from ...models.queue_plan_answer import QueuePlanAnswer
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Force | Unset = UNSET,
) -> QueuePlanAnswer:
    """Books what ran, makes the queues what the books hold, and reads them back."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/queues/apply",
        json=None if isinstance(body, Unset) else body,
    )
    return cast(QueuePlanAnswer, response.json())
