"""Which server takes mail, from one address."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from apportion.core.faults import BadInput, Fault

FILE = "APPORTION_MAIL"
REMEDY = "Write smtp+starttls://name:password@host:587, smtps://host:465 or smtp://localhost:25."
NEAR = frozenset({"localhost", "127.0.0.1", "::1"})


class Privacy(StrEnum):
    """Who can read what is said to the server."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


PORTS = {Privacy.NONE: 25, Privacy.STARTTLS: 587, Privacy.TLS: 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server and how it is spoken to."""

    host: str
    port: int
    privacy: Privacy
    user: str = ""
    password: str = ""


def parse_server(url: str) -> Server:
    """Reads the address of a mail server; its password is told in no message.

    Raises: BadInput.
    """
    try:
        parts = urlsplit(url)
        privacy, port = Privacy(parts.scheme), parts.port
    except ValueError as error:
        raise _fault("not the address of a mail server") from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise _fault("not the address of a mail server")
    if parts.username and privacy is Privacy.NONE and parts.hostname not in NEAR:
        raise _fault("sends a password that everybody on the way can read")
    return Server(
        host=parts.hostname,
        port=port or PORTS[privacy],
        privacy=privacy,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def is_address(text: str) -> bool:
    """Says whether a text is one plain address: name@host, nothing around it."""
    name, _, host = text.rpartition("@")
    plain = text.isascii() and all(
        sign.isprintable() and sign not in ' ,;:<>()[]"\\' for sign in text
    )
    return plain and bool(name) and "@" not in name and len(text) <= 254 and _is_host(host)


def _is_host(host: str) -> bool:
    labels = host.split(".")
    return all(
        label
        and len(label) <= 63
        and label.strip("-") == label
        and label.replace("-", "").isalnum()
        for label in labels
    )


def _fault(what: str) -> BadInput:
    return BadInput([Fault(file=FILE, what=what, remedy=REMEDY)])
