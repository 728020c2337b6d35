from urllib.parse import quote

from ...client import AuthenticatedClient, Client


def sync(
    slug: str,
    number: int,
    *,
    client: AuthenticatedClient | Client,
) -> str:
    """Gives the decision file of a slate, byte for byte, for `apportion verify`."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/rounds/{slug}/slates/{number}/document".format(
            slug=quote(str(slug), safe=""),
            number=quote(str(number), safe=""),
        ),
    )
    return response.text
