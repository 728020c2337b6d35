from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_rates import NewRates


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewRates,
) -> Done:
    """Prices what is used from a day on by a rates.toml; what is charged already stays."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rates",
        json=body,
    )
    return cast(Done, response.json())
