from ...client import AuthenticatedClient, Client


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> str:
    """Gives the milestones of all rounds as an iCalendar file."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/calendar",
    )
    return response.text
