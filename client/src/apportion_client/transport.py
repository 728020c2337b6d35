"""The way there and back: tries again where that can help, and makes trying again harmless."""

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from apportion_client.problems import Unavailable

SAFE = ("GET", "HEAD", "OPTIONS")
LATER = (429, 502, 503, 504)
IN_FLIGHT = 409
LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long to try again. Units: seconds."""

    tries: int = 5
    first_wait: float = 0.5
    longest_wait: float = LONGEST_WAIT_SECONDS
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = field(default=random.random)

    def wait(self, attempt: int, told: str | None) -> None:
        """Waits before the next attempt: as long as the office said, or twice as long each time."""
        if told is not None and told.isascii() and told.isdigit():
            self.sleep(min(float(told), self.longest_wait))
            return
        # Half of the wait is drawn, so that many who were turned away do not come back at once.
        span = min(self.first_wait * 2**attempt, self.longest_wait)
        self.sleep(span / 2 + span / 2 * self.jitter())


class Retrying(httpx.BaseTransport):
    """Sends each call until it is answered.

    Every act carries an Idempotency-Key, the same at each attempt: the office carries it out once,
    however often it arrives.
    """

    def __init__(self, inner: httpx.BaseTransport, patience: Patience) -> None:
        self.inner = inner
        self.patience = patience

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, again where the answer says that this can help.

        Raises: Unavailable, where the last attempt found nobody.
        """
        if request.method not in SAFE and "Idempotency-Key" not in request.headers:
            request.headers["Idempotency-Key"] = str(uuid.uuid4())
        last = self.patience.tries - 1
        for attempt in range(self.patience.tries):
            try:
                response = self.inner.handle_request(request)
            except httpx.TransportError as error:
                if attempt == last or not _may_pass(error):
                    raise Unavailable(_words(request, error)) from error
                self.patience.wait(attempt, None)
                continue
            if attempt == last or not _asks_again(response):
                return response
            told = response.headers.get("Retry-After")
            response.close()
            self.patience.wait(attempt, told)
        raise Unavailable(f"{request.url.host} was not asked")  # no tries were granted

    def close(self) -> None:
        """Closes the connections."""
        self.inner.close()


def _asks_again(response: httpx.Response) -> bool:
    if response.status_code == IN_FLIGHT:  # the first of the same key is still at work
        return "Retry-After" in response.headers
    return response.status_code in LATER


def _may_pass(error: httpx.TransportError) -> bool:
    return not isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError)


def _words(request: httpx.Request, error: httpx.TransportError) -> str:
    what = "did not answer in time" if isinstance(error, httpx.TimeoutException) else str(error)
    return f"{request.url.host}:{request.url.port or ''} {what}".replace(": ", " ") + (
        ". Is the office open, and is this its address? apportion whoami"
    )
