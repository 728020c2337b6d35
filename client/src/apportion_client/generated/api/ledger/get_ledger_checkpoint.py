from ...client import AuthenticatedClient, Client


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> str:
    """Gives the newest signed checkpoint, with all its signatures."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/checkpoint",
    )
    return response.text
