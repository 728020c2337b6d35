from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.get_record_response_200 import GetRecordResponse200


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> GetRecordResponse200:
    """Gives the signed public record; nobody needs to be known for it."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/record",
    )
    return cast(GetRecordResponse200, response.json())
