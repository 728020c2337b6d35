from urllib.parse import quote

from ...client import AuthenticatedClient, Client


def sync(
    which: str,
    *,
    client: AuthenticatedClient | Client,
) -> str:
    """Gives what shows anybody, offline, that a transfer or record stands in the journal."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/ledger/receipts/{which}".format(
            which=quote(str(which), safe=""),
        ),
    )
    return response.text
