"""Reads the directive of a drill: an emergency on a cluster, with its end, its signers and its payback."""

from datetime import datetime
from fractions import Fraction

from apportion.adapters.files.faults import Faults
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.simulate.directive import Directive
from apportion.core.simulate.trace import MOST_PROCS, MOST_SECONDS

SCHEMA = "apportion.drill/1"
KEYS = {
    "": (
        *("schema", "name", "declared_by", "purpose", "to", "share", "amount", "from", "until"),
        *("mode", "signers", "exempt", "finish_by", "staff_weeks", "payback", "minimums"),
    ),
    "payback": ("rate",),
}
MODES = ("drain", "preempt")
HOUR = 3600


def parse_drill(data: bytes, file: str, *, capacity: int) -> Directive:
    """Reads a directive; a share is taken of the capacity, rounded down to whole processors.

    Raises: BadInput, with every fault; one without an end is one.
    """
    faults = Faults(file)
    held, text = read_toml(data, faults)
    directive = _Reader(faults, held, key_lines(text), KEYS).directive(capacity)
    faults.stop_if_any()
    return directive


class _Reader(TomlReader):
    """Reads one key after the other and goes on after a fault."""

    def directive(self, capacity: int) -> Directive:
        """Reads everything; what could not be read has left a fault."""
        self._known((), self._held, "")
        if self._held.get("schema") != SCHEMA:
            found = self._held.get("schema")
            self._fault(("schema",), "missing or not known", f'Write schema = "{SCHEMA}"', found)
        mode = self._held.get("mode", "drain")
        if mode not in MODES:
            self._fault(("mode",), "not known", 'Write "drain" or "preempt"', mode)
        payback = self._table(("payback",), self._held.get("payback", {}), "payback")
        finish = self._held.get("finish_by")
        return Directive(
            name=self._text(("name",), self._held.get("name")),
            declared_by=self._text(("declared_by",), self._held.get("declared_by")),
            purpose=self._text(("purpose",), self._held.get("purpose")),
            group=self._text(("to",), self._held.get("to")),
            amount=self._taken(capacity),
            starts_at=self._at("from"),
            ends_at=self._at("until"),
            preempt=mode == "preempt",
            payback=self._rate(payback.get("rate")),
            signers=self._names("signers"),
            exempt=self._names("exempt"),
            minimums=self._minimums(),
            finish_by=None if finish is None else self._at("finish_by"),
            staff_weeks=self._number(("staff_weeks",), self._held.get("staff_weeks", 0)),
        )

    def _taken(self, capacity: int) -> int:
        held = self._held
        if ("share" in held) == ("amount" in held):
            remedy = "Write share (of the pool, such as 0.6) or amount (processors), one of the two"
            self._fault(("amount",), "no amount, or two", remedy)
            return 0
        if "amount" in held:
            amount = held["amount"]
            if (
                isinstance(amount, bool)
                or not isinstance(amount, int)
                or not 0 < amount <= MOST_PROCS
            ):
                self._fault(("amount",), "not a whole number above 0", "Write processors", amount)
                return 0
            return amount
        share = self._number(("share",), held["share"])
        if not 0 < share <= 1:
            self._fault(
                ("share",), "not a share", "Write a number above 0, at most 1", held["share"]
            )
        return int(share * capacity)

    def _at(self, key: str) -> int:
        """Reads an instant with its offset, or seconds of the trace."""
        held = self._held.get(key)
        if isinstance(held, datetime) and held.tzinfo is not None:
            return int(held.timestamp())
        if isinstance(held, int) and not isinstance(held, bool) and 0 <= held <= MOST_SECONDS:
            return held
        what = "missing" if held is None else "not an instant"
        remedy = "Write one with its offset, such as 2026-01-31T00:00:00Z, or seconds of the trace"
        if key == "until" and held is None:
            what, remedy = "a directive without an end", f"Every directive ends. {remedy}"
        self._fault((key,), what, remedy, held)
        return 0

    def _rate(self, held: object) -> Fraction:
        path: Path = ("payback", "rate")
        if held is None:
            remedy = "Write the part of its quota that the group leaves until nothing is owed"
            self._fault(path, "no terms of payback", remedy)
            return Fraction(0)
        rate = self._number(path, held)
        if not 0 < rate <= 1 or rate.denominator > 10**6:
            self._fault(path, "not a rate", "Write a number above 0, at most 1, such as 0.5", held)
            return Fraction(1)
        return rate

    def _names(self, key: str) -> tuple[str, ...]:
        held = self._held.get(key, [])
        if not isinstance(held, list):
            self._fault((key,), "not a list", f'Write {key} = ["a", "b"]', held)
            return ()
        return tuple(self._text((key,), one) for one in held)

    def _minimums(self) -> tuple[tuple[str, int], ...]:
        """Processor-hours that were promised for the time, by group."""
        held = self._plain(("minimums",), self._held.get("minimums", {}))
        return tuple(
            (name, int(self._number(("minimums", name), hours) * HOUR))
            for name, hours in held.items()
        )
