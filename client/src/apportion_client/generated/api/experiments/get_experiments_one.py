from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.experiment_answer import ExperimentAnswer


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
) -> ExperimentAnswer:
    """Shows one experiment."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/experiments/{slug}".format(
            slug=quote(str(slug), safe=""),
        ),
    )
    return cast(ExperimentAnswer, response.json())
