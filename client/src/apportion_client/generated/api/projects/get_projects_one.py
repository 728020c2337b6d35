from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.project_answer import ProjectAnswer


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
) -> ProjectAnswer:
    """Shows one project."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/projects/{slug}".format(
            slug=quote(str(slug), safe=""),
        ),
    )
    return cast(ProjectAnswer, response.json())
