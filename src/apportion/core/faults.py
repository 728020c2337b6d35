"""What may be wrong that is nobody's decision: bad input, a failing world, a bug of ours."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with one input: where it is, what it says and how to mend it."""

    file: str
    what: str
    remedy: str
    line: int | None = None
    field: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        field = f" {self.field}:" if self.field else ""
        value = f" (got {shorten(self.value)!r})" if self.value is not None else ""
        return f"{place}:{field} {self.what}{value}. {self.remedy}"


class BadInput(Exception):
    """Input that cannot be used; carries every fault found, never only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class WorldError(Exception):
    """The scheduler, network or disk did not do what was asked."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        self.retryable = retryable
        super().__init__(message)


class InvariantBroken(AssertionError):
    """A promise of ours does not hold: a bug, to be reported and never caught."""


def shorten(text: str, limit: int = 60) -> str:
    """Cuts a hostile or huge value down to what fits in a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
