"""Where a webhook may go: a checked address, never back into the lab's own machines unasked."""

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from apportion.core.faults import BadInput, Fault

LONGEST = 500
NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address of the web, taken apart."""

    scheme: str
    host: str
    port: int
    target: str  # the path, and what is asked

    @property
    def is_private(self) -> bool:
        """Whether what is said there can be read on the way by nobody else."""
        return self.scheme == "https"


def parse_place(url: str) -> Place:
    """Takes the address of a webhook apart.

    Raises: BadInput where it is none, or says more than an address should.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _fault(url, f"not an address: {error}") from error
    if len(url) > LONGEST:
        raise _fault(url, f"longer than {LONGEST} characters")
    if any(sign.isspace() or not sign.isprintable() for sign in url) or not url.isascii():
        raise _fault(url, "holds a sign that no address has")
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise _fault(url, "not an address of the web")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _fault(url, "holds a name, a password or a fragment")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    standard = 443 if parts.scheme == "https" else 80
    return Place(scheme=parts.scheme, host=parts.hostname, port=port or standard, target=target)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Reads networks joined by commas.

    Raises: BadInput.
    """
    found, faults = [], []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(word))
        except ValueError as error:
            remedy = "Write networks like 10.20.0.0/16, joined by commas."
            faults.append(
                Fault(file="APPORTION_NOTICE_NETWORKS", what=str(error), value=word, remedy=remedy)
            )
    if faults:
        raise BadInput(faults)
    return tuple(found)


def why_not(address: str, *, place: Place, allowed: tuple[Network, ...]) -> str:
    """Says why an address is not gone to; empty where it may be."""
    found = unwrapped(ip_address(address.partition("%")[0]))
    if any(found.version == one.version and found in one for one in allowed):
        return ""
    if not found.is_global or found.is_multicast:
        return f"{found} is an address inside; name its network in APPORTION_NOTICE_NETWORKS"
    if not place.is_private:
        return "outside the lab's own networks only https is used"
    return ""


def unwrapped(address: Address) -> Address:
    """Finds the address that another one leads to: mapped, translated or tunnelled."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    tunnel = address.teredo
    inner = address.ipv4_mapped or address.sixtofour or (tunnel[1] if tunnel else None)
    if inner is None and int(address) >> 32 == 0 and int(address) > 1:
        inner = IPv4Address(int(address))  # the old way to write an IPv4 address
    return inner or address


def _fault(url: str, what: str) -> BadInput:
    remedy = "Write https://host/path, with what the receiver gave you."
    return BadInput([Fault(file="webhook", field="url", what=what, value=url, remedy=remedy)])
