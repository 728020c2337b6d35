"""What can go wrong on the way to an office and back, each with its exit code."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

DONE, REFUSED, USAGE, NOT_FOUND, NOT_ALLOWED, CONFLICT, NOT_ENOUGH = range(7)
UNAVAILABLE, INTERRUPTED = 69, 130

# The office's own exit codes by what it refuses; a test holds the two tables together.
BY_CODE = {
    "NOT_ALLOWED": NOT_ALLOWED,
    "CONFLICT_OF_INTEREST": NOT_ALLOWED,
    "NOT_FOUND": NOT_FOUND,
    "ACCOUNT_UNKNOWN": NOT_FOUND,
    "STALE_PARENT": CONFLICT,
    "STALE_DRAFT": CONFLICT,
    "STALE_PREVIEW": CONFLICT,
    "OVERLAPPING": CONFLICT,
    "ALREADY_DONE": CONFLICT,
    "ID_REUSED": CONFLICT,
    "HOLD_RESOLVED": CONFLICT,
    "ALREADY_REVERSED": CONFLICT,
    "NOT_ENOUGH": NOT_ENOUGH,
}
BY_STATUS = {401: NOT_ALLOWED, 403: NOT_ALLOWED, 404: NOT_FOUND, 409: CONFLICT, 412: CONFLICT}
OF_THE_DOOR = "urn:apportion:problem:"
LONGEST_STRANGER = 200  # characters shown of an answer that no office gave


class OfficeError(Exception):
    """Whatever keeps a call from being done."""

    exit_code = UNAVAILABLE


class Unavailable(OfficeError):
    """No answer came, or one that says: later."""


class Usage(OfficeError):
    """The call is wrong before it leaves this machine."""

    exit_code = USAGE


class Problem(OfficeError):
    """The office says no, as RFC 9457 tells it. Shape: `errors` as the office sent them."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.kind = str(told.get("type", "")).removeprefix(OF_THE_DOOR)
        self.title = str(told.get("title", ""))
        self.detail = str(told.get("detail", "")) or self.title
        errors = told.get("errors")
        self.errors: Sequence[Mapping[str, Any]] = [
            one for one in (errors if isinstance(errors, list) else []) if isinstance(one, Mapping)
        ]
        super().__init__("\n".join((self.detail, *self._ways_out())))

    @property
    def code(self) -> str:
        """Names the rule of the office that says no, `NOT_ENOUGH` for one; empty for other trouble."""
        return str(self.errors[0].get("code", "")) if self.errors else ""

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # known once it is known what went wrong
        """Gives the code by which a shell can tell what went wrong."""
        if self.code:
            return BY_CODE.get(self.code, REFUSED)
        if self.status == 429 or self.status >= 500:
            return UNAVAILABLE
        return BY_STATUS.get(self.status, USAGE)

    def _ways_out(self) -> Sequence[str]:
        """Says each fault that the detail leaves out, with its remedy."""
        found = []
        for one in self.errors:
            place = " ".join(str(one[name]) for name in ("file", "line", "field") if name in one)
            what = str(one.get("what", ""))
            remedy = str(one.get("remedy", ""))
            words = ": ".join(part for part in (place, what) if part)
            if words and words not in self.detail:
                found.append(f"{words}. {remedy}".rstrip())
            elif remedy and remedy not in self.detail:
                found.append(remedy)
        return found


def raise_problem(response: httpx.Response) -> None:
    """Raises what a response says went wrong; httpx calls it for each that comes.

    Raises: Problem; Unavailable, where no office answered.
    """
    if response.status_code < 300 or response.status_code == 304:
        return
    raw = response.read()
    if 300 <= response.status_code < 400:
        where = response.headers.get("Location", "nowhere")
        raise Unavailable(
            f"{response.url} sends us on to {where}; the token stays here. "
            "Give the office's own address: apportion login URL"
        )
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    if isinstance(told, Mapping) and "status" in told:
        raise Problem(response.status_code, told)
    text = " ".join(raw.decode("utf-8", "replace").split())[:LONGEST_STRANGER]
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    raise Unavailable(
        f"{response.url.host} answered {response.status_code} and is no office: {plain}"
    )
