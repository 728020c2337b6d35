from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.queue_plan_answer import QueuePlanAnswer


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> QueuePlanAnswer:
    """Asks the cluster which queues stand, and says what differs from the books."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/queues/plan",
    )
    return cast(QueuePlanAnswer, response.json())
