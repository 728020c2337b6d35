"""Reads the [changes] table of a round.toml: what may change after an award, and how far."""

from typing import Any

from apportion.adapters.files.faults import Faults
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.change.rules import Rules

SHARES = ("supplement_share", "advance_share")
DAYS = ("extension_days", "answer_days", "undo_days", "notice_days", "reply_days", "grace_days")
KEYS = {"changes": (*SHARES, *DAYS, "report_days")}
MOST_DAYS = 730


def parse_changes(text: bytes, file: str) -> Rules:
    """Reads what may change after an award; a policy without [changes] has the usual rules.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, decoded = read_toml(text, faults)
    rules = read_changes(faults, held, key_lines(decoded))
    faults.stop_if_any()
    return rules


def read_changes(faults: Faults, held: dict[str, Any], lines: dict[Path, int]) -> Rules:
    """Reads the table out of a policy that is open already; what is wrong is left in `faults`."""
    return _ChangesReader(faults, held, lines, KEYS).rules()


class _ChangesReader(TomlReader):
    """Reads one key after the other and goes on after a fault."""

    def rules(self) -> Rules:
        """Reads everything; what could not be read has left a fault."""
        table = self._table(("changes",), self._held.get("changes", {}), "changes")
        given: dict[str, Any] = {}
        for name in SHARES:
            if name in table:
                given[name] = self._share(("changes", name), table[name])
        for name in (*DAYS, "report_days"):
            if name in table:
                given[name] = self._days(name, table[name])
        rules = Rules(**given)
        if rules.reply_days > rules.notice_days:
            remedy = "Let the notice last at least as long as the reply may take"
            path: Path = ("changes", "reply_days")
            self._fault(path, "longer than the notice", remedy, rules.reply_days)
        return rules

    def _days(self, name: str, held: object) -> int:
        if isinstance(held, bool) or not isinstance(held, int) or not 1 <= held <= MOST_DAYS:
            remedy = f"Write a whole number of days from 1 to {MOST_DAYS}"
            self._fault(("changes", name), "not days", remedy, held)
            return 1
        return held
