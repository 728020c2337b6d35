"""An office that one can ask: each call of its API, rows page by page, answers as streams."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

import httpx

from apportion_client.problems import Unavailable, Usage, raise_problem
from apportion_client.profiles import choose_profile, clean_url
from apportion_client.tables import Table
from apportion_client.transport import Patience, Retrying

ROOT = "/api/v1"
PAGE = 200  # the largest page that an office gives
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0


class Office:
    """One office, spoken to with one token.

    `call` and `rows` reach every address of the API; the modules of `apportion_client.generated`
    do the same with types: `get_rounds.sync(client=office.typed)`.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        patience: Patience | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepares to speak; nothing is sent yet. `transport` is for offices behind a proxy."""
        self.url = clean_url(url)
        self._token = token
        self._inner = transport or httpx.HTTPTransport()
        self._patience = patience or Patience()

    def __repr__(self) -> str:
        return f"Office({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    @cached_property
    def http(self) -> httpx.Client:
        """Gives the HTTP client below: it retries, and raises what the office refuses."""
        return httpx.Client(
            base_url=self.url,
            headers=self._headers(),
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            transport=Retrying(self._inner, self._patience),
            event_hooks={"response": [raise_problem]},
        )

    @cached_property
    def typed(self) -> Any:
        """Gives the client that the generated functions take."""
        from apportion_client.generated.client import Client

        return Client(base_url=self.url).set_httpx_client(self.http)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Makes one call and gives its answer: JSON as Python has it, any other text as text.

        Raises: Problem, where the office says no; Unavailable, where none answers.
        """
        asked = {name: _word(value) for name, value in (query or {}).items() if value is not None}
        try:
            response = self.http.request(
                method,
                _address(path),
                params=asked or None,
                json=body,
                headers=dict(headers or {}),
            )
        except httpx.HTTPError as error:
            raise _broken(error) from error
        return _read(response)

    def rows(self, path: str, **query: Any) -> Iterator[Mapping[str, Any]]:
        """Gives the rows of a listing one by one; a page is asked for when it is needed."""
        asked: dict[str, Any] = {"limit": PAGE, **query}
        while True:
            page = self.call("GET", path, query=asked)
            if not isinstance(page, dict) or not isinstance(page.get("items"), list):
                raise Usage(f"{path} is no listing; use call")
            yield from page["items"]
            if not page.get("next_cursor"):
                return
            asked["cursor"] = page["next_cursor"]

    def table(self, path: str, **query: Any) -> Table:
        """Gives a whole listing as a table."""
        return Table(self.rows(path, **query))

    def copy_to(self, out: IO[bytes], path: str, **query: Any) -> int:
        """Writes an answer to a file as it comes, whatever its size; gives the bytes written."""
        count = 0
        asked = {name: _word(value) for name, value in query.items() if value is not None}
        try:
            with self.http.stream("GET", _address(path), params=asked or None) as response:
                for piece in response.iter_bytes():
                    count += out.write(piece)
        except httpx.HTTPError as error:
            raise _broken(error) from error
        return count

    def balances(self, project: str = "") -> Table:
        """Gives what each project was granted, used and has left; of one, where it is named."""
        return self.table("/balances", **({"project": project} if project else {}))

    def charges(self, project: str = "", **query: Any) -> Table:
        """Gives what was charged to a project, job by job; without one, what all used."""
        return self.table(
            f"/projects/{quote(project, safe='')}/charges" if project else "/usage", **query
        )

    def _headers(self) -> dict[str, str]:
        told = {"Accept": "application/json", "User-Agent": "apportion-client"}
        return told | ({"Authorization": f"Bearer {self._token}"} if self._token else {})


def connect(server: str = "", **more: Any) -> Office:
    """Gives the office that `apportion login` signed in to, or another one by name or address.

    Raises: Usage, where none is known.
    """
    profile = choose_profile(server)
    if profile is None:
        raise Usage("no office is known here: apportion login https://office.example.org")
    return Office(profile.url, profile.token, **more)


def _address(path: str) -> str:
    if not path.startswith("/") or path.startswith("//"):
        raise Usage(f"{path!r} is no address of the API; write /rounds")
    return path if path.startswith(f"{ROOT}/") else f"{ROOT}{path}"


def _word(value: Any) -> Any:
    """Writes a value as addresses do; a list is the same name several times."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return [_word(one) for one in value] if isinstance(value, list | tuple) else value


def _read(response: httpx.Response) -> Any:
    if not response.content:
        return None
    if response.headers.get("Content-Type", "").partition(";")[0] == "application/json":
        try:
            return response.json()
        except ValueError:
            raise Unavailable(f"{response.url.host} answered JSON that cannot be read") from None
    return response.text


def _broken(error: httpx.HTTPError) -> Unavailable:
    return Unavailable(f"the answer broke off: {error or type(error).__name__}")
