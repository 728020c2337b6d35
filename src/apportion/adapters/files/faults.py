"""Collects everything that is wrong with one file, so that all of it can be told at once."""

import difflib
from collections.abc import Callable, Iterable
from typing import TypeVar

from apportion.core.faults import BadInput, Fault, shorten
from apportion.core.units import NotAQuantity

Parsed = TypeVar("Parsed")
MOST_FAULTS = 1000  # told one by one; beyond them only the count


class Faults:
    """The faults of one file, in the order found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []
        self.beyond = 0

    def add(
        self,
        *,
        what: str,
        remedy: str,
        line: int | None = None,
        field: str | None = None,
        value: object = None,
    ) -> None:
        """Notes one fault."""
        if len(self.found) >= MOST_FAULTS:
            self.beyond += 1
            return
        text = None if value is None else shorten(str(value))
        self.found.append(
            Fault(file=self.file, what=what, remedy=remedy, line=line, field=field, value=text)
        )

    def attempt(
        self,
        parse: Callable[[str], Parsed],
        text: str,
        *,
        line: int | None,
        field: str,
    ) -> Parsed | None:
        """Parses a quantity; None, and a fault, where it is not one."""
        try:
            return parse(text)
        except NotAQuantity as error:
            self.add(what=error.what, remedy=error.remedy, line=line, field=field, value=text)
            return None

    def stop_if_any(self) -> None:
        """Raises: BadInput, if anything is wrong."""
        if self.beyond:
            last = Fault(
                file=self.file,
                what=f"{self.beyond:,} more faults of this file are not listed",
                remedy="Mend those above and try again",
            )
            raise BadInput((*self.found, last))
        if self.found:
            raise BadInput(self.found)


def near(wrong: str, known: Iterable[str]) -> str:
    """Says what was probably meant, and else what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(wrong, names, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    listed = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"Known are: {listed}" if names else "None is known"
