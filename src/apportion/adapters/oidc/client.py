"""A web session that reaches public addresses alone.

No setting and no answer of a provider turns the office into a way to the machine room: the address
is judged after the name was looked up, and once more on the connection itself, so that a name that
changes its address in between gains nothing.
"""

import ipaddress
import socket
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

SECONDS = 10
MOST_BYTES = 1_000_000
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(requests.exceptions.InvalidURL):
    """The address is not one that the office goes to."""


class Guarded(HTTPAdapter):
    """Sends to public addresses, and to the hosts that the site has named although they are not."""

    def __init__(self, private_hosts: Collection[str]) -> None:
        self.private_hosts = frozenset(private_hosts)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Has each new connection look at where it has come out."""
        super().init_poolmanager(*args, **kwargs)
        private = self.private_hosts
        self.poolmanager.pool_classes_by_scheme = {
            "http": type(
                "Pool", (HTTPConnectionPool,), {"ConnectionCls": _watched(HTTPConnection, private)}
            ),
            "https": type(
                "Pool",
                (HTTPSConnectionPool,),
                {"ConnectionCls": _watched(HTTPSConnection, private)},
            ),
        }

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Refuses the address, or sends, waits a bounded time and reads a bounded answer.

        Raises: AddressRefused, and what requests raises.
        """
        check_address(str(request.url), private_hosts=self.private_hosts)
        kwargs.update(stream=True, timeout=SECONDS, proxies=None)
        answer = super().send(request, *args, **kwargs)
        body = answer.raw.read(MOST_BYTES + 1, decode_content=True)
        if len(body) > MOST_BYTES:
            answer.close()
            raise requests.exceptions.ContentDecodingError(f"more than {MOST_BYTES:,} bytes")
        answer._content = body  # noqa: SLF001  how requests keeps a body that was read
        answer._content_consumed = True  # noqa: SLF001  as above
        return answer


def guarded_session(*, private_hosts: Collection[str] = ()) -> requests.Session:
    """Makes a session that follows no redirects, reads no proxy settings and sends no cookies on."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    guard = Guarded(private_hosts)
    session.mount("https://", guard)
    session.mount("http://", guard)
    return session


def check_address(url: str, *, private_hosts: Collection[str] = ()) -> None:
    """Passes for https to public addresses, and for whatever host the site has named.

    Raises: AddressRefused, with what would allow it.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in private_hosts:
        return
    remedy = f"name {host} in APPORTION_OIDC_PRIVATE_HOSTS if that is meant"
    if parts.scheme != "https":
        raise AddressRefused(f"{url} is not https; {remedy}")
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, parts.port or 443)}
    except OSError as error:
        raise requests.exceptions.ConnectionError(f"{host} has no address: {error}") from error
    closed = sorted(one for one in found if not is_public(one))
    if closed:
        raise AddressRefused(f"{host} is at {closed[0]}, which is not public; {remedy}")


def is_public(address: str) -> bool:
    """Says whether an address belongs to the internet, and not to this machine or its network."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _within(known)
    return known.is_global and not known.is_multicast and (inner is None or inner.is_global)


def _within(known: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Finds the IPv4 address that an IPv6 address carries, if one does."""
    if isinstance(known, ipaddress.IPv4Address):
        return None
    if known in NAT64:
        return ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
    return known.ipv4_mapped or known.sixtofour


def _watched(kind: type[HTTPConnection], private_hosts: frozenset[str]) -> type[HTTPConnection]:
    def connect(self: HTTPConnection) -> socket.socket:
        joined: socket.socket = kind._new_conn(self)  # noqa: SLF001  the one place where the address shows
        peer = joined.getpeername()[0]
        if self.host not in private_hosts and not is_public(peer):
            joined.close()
            raise NewConnectionError(self, f"{self.host} came out at {peer}, which is not public")
        return joined

    members: Mapping[str, object] = {"_new_conn": connect}
    return type(f"Watched{kind.__name__}", (kind,), dict(members))
