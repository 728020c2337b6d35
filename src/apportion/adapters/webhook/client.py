"""Calls a webhook at the address that was checked, once, and believes only a 2xx."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing

from apportion.core.notice.places import Network, Place, why_not
from apportion.core.notice.trying import Answer, Verdict
from apportion.core.notice.wording import one_line

PATIENCE_SECONDS = 10.0  # for each step
WHOLE_SECONDS = 20.0  # for the whole call, however slowly it is answered
LONGEST_ANSWER = 300
GONE = 410


def call_webhook(
    place: Place, *, body: str, headers: Mapping[str, str], allowed: tuple[Network, ...]
) -> Answer:
    """Sends one event and tells what became of it.

    The name is looked up once, every address that it has is checked, and the one called is one of
    them: a name that changes its address between check and call leads nowhere else.
    """
    try:
        addresses = look_up(place)
    except (OSError, UnicodeError) as error:
        return _later(f"{place.host} has no address: {error}")
    for address in addresses:
        if why := why_not(address, place=place, allowed=allowed):
            return Answer(verdict=Verdict.NEVER, words=one_line(why, longest=LONGEST_ANSWER))
    try:
        with closing(_connect(place, addresses[0])) as connection:
            return _ask(connection, place, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _later(str(error) or type(error).__name__)


def look_up(place: Place) -> list[str]:
    """Finds the addresses of a name, each once.

    Raises: OSError where it has none.
    """
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _connect(place: Place, address: str) -> http.client.HTTPConnection:
    """Opens a connection to the checked address, under the name that was asked for."""
    connection = http.client.HTTPConnection(place.host, place.port, timeout=PATIENCE_SECONDS)
    plain = socket.create_connection((address, place.port), timeout=PATIENCE_SECONDS)
    if place.is_private:
        context = ssl.create_default_context()
        try:
            connection.sock = context.wrap_socket(plain, server_hostname=place.host)
        except BaseException:
            plain.close()
            raise
    else:
        connection.sock = plain
    return connection


def _ask(
    connection: http.client.HTTPConnection, place: Place, body: str, headers: Mapping[str, str]
) -> Answer:
    watch = threading.Timer(WHOLE_SECONDS, _hang_up, args=[connection.sock])
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", place.target, body=body.encode(), headers=dict(headers))
        answer = connection.getresponse()
        said = answer.read(LONGEST_ANSWER).decode("utf-8", "replace")
    finally:
        watch.cancel()
    words = one_line(f"{answer.status} {answer.reason} {said}", longest=LONGEST_ANSWER)
    if 200 <= answer.status < 300:
        return Answer(verdict=Verdict.SENT, words=words)
    if 300 <= answer.status < 400:
        words = f"{words}; redirects are not followed"
    verdict = Verdict.NEVER if answer.status == GONE else Verdict.LATER
    return Answer(verdict=verdict, words=words)


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is closed already
        return


def _later(words: str) -> Answer:
    return Answer(verdict=Verdict.LATER, words=one_line(words, longest=LONGEST_ANSWER))
