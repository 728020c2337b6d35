from urllib.parse import quote

from ...client import AuthenticatedClient, Client


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
) -> str:
    """Gives the milestones as an iCalendar file."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/calendar".format(
            slug=quote(str(slug), safe=""),
        ),
    )
    return response.text
