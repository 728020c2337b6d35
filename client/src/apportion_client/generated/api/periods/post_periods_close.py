from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.close import Close
from ...models.closing_answer import ClosingAnswer
from ...types import UNSET, Unset


def sync(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: Close | Unset = UNSET,
) -> ClosingAnswer:
    """Pays back loans that are due, lets lapse what is unused, seals and signs; for ever."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/periods/{name}/close".format(
            name=quote(str(name), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
    )
    return cast(ClosingAnswer, response.json())
