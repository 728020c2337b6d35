from urllib.parse import quote

from ...client import AuthenticatedClient, Client


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
) -> str:
    """Gives the round.toml in force."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/policy".format(
            slug=quote(str(slug), safe=""),
        ),
    )
    return response.text
