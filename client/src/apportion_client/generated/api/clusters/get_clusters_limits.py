from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.plan_answer import PlanAnswer


def sync(
    cluster: str,
    *,
    client: AuthenticatedClient | Client,
) -> PlanAnswer:
    """Asks the scheduler which limits hold, and says what differs from the books."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/clusters/{cluster}/limits".format(
            cluster=quote(str(cluster), safe=""),
        ),
    )
    return cast(PlanAnswer, response.json())
