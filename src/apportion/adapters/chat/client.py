"""Says a line in a chat room through apprise, which is loaded only where a site has a room."""

from urllib.parse import urlsplit

from apportion.adapters.webhook.client import look_up
from apportion.core.faults import BadInput, Fault
from apportion.core.notice.places import Network, Place, why_not
from apportion.core.notice.trying import Answer, Verdict
from apportion.core.notice.wording import clean_body, one_line

# Rooms at a host that the address names, and rooms of a company whose host apprise knows.
AT_A_HOST = frozenset({"mmost", "mmosts", "matrix", "matrixs", "rocket", "rockets", "workflows"})
OF_A_COMPANY = frozenset({"slack", "msteams", "discord", "tgram", "wxteams", "gchat", "zulip"})
PLAIN = frozenset({"mmost", "matrix", "rocket"})
LONGEST = 2_000


def check_room(url: str) -> None:
    """Passes where apprise can speak to this address.

    Raises: BadInput.
    """
    import apprise

    scheme = url.partition("://")[0].lower()
    known = scheme in AT_A_HOST | OF_A_COMPANY and url.isprintable() and len(url) <= 500
    if not known or apprise.Apprise.instantiate(url) is None:
        remedy = f"Write it as apprise does; one of {', '.join(sorted(AT_A_HOST | OF_A_COMPANY))}."
        what = "not the address of a chat room"
        raise BadInput([Fault(file="chat", field="url", what=what, value=scheme, remedy=remedy)])


def say_in_room(url: str, *, title: str, body: str, allowed: tuple[Network, ...]) -> Answer:
    """Says something in a room, and tells whether the room took it."""
    import apprise

    if why := _forbidden(url, allowed):
        return Answer(verdict=Verdict.NEVER, words=why)
    room = apprise.Apprise.instantiate(url)
    if room is None:
        return Answer(verdict=Verdict.NEVER, words="the address is not one of a chat room")
    room.redirects = False
    taken = room.notify(
        title=one_line(title),
        body=clean_body(body, longest=LONGEST),
        body_format=apprise.NotifyFormat.TEXT,
    )
    if taken:
        return Answer(verdict=Verdict.SENT, words="taken by the room")
    return Answer(verdict=Verdict.LATER, words="the room did not take it")


def _forbidden(url: str, allowed: tuple[Network, ...]) -> str:
    parts = urlsplit(url)
    if parts.scheme not in AT_A_HOST:
        return ""
    scheme = "http" if parts.scheme in PLAIN else "https"
    place = Place(scheme=scheme, host=parts.hostname or "", port=parts.port or 443, target="/")
    try:
        addresses = look_up(place)
    except (OSError, UnicodeError):
        return ""  # apprise will find no address either, and it is tried again
    return next(filter(None, (why_not(a, place=place, allowed=allowed) for a in addresses)), "")
