from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.forecast_answer import ForecastAnswer


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
) -> ForecastAnswer:
    """Foretells when a project runs dry, with an interval, and what would make it last."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/projects/{slug}/forecast".format(
            slug=quote(str(slug), safe=""),
        ),
    )
    return cast(ForecastAnswer, response.json())
