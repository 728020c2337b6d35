from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_experiment import NewExperiment


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewExperiment,
) -> Done:
    """Fixes claim, metric, smallest effect and seeds before any run; their hash is sealed."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/experiments",
        json=body,
    )
    return cast(Done, response.json())
