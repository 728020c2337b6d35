from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.notice_row import NoticeRow


def sync(
    ref: str,
    *,
    client: AuthenticatedClient | Client,
) -> NoticeRow:
    """Shows a notice of winding down."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/winddowns/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    )
    return cast(NoticeRow, response.json())
