"""Reads the [appeals] table of a round.toml: how many decide, and within how many days."""

from typing import Any

from apportion.adapters.files.faults import Faults
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.appeal.life import Terms

KEYS = {"appeals": ("deciders", "answer_days")}
MOST = {"deciders": 9, "answer_days": 365}


def parse_appeals(text: bytes, file: str) -> Terms:
    """Reads how appeals are decided; a policy without [appeals] has the usual terms.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, decoded = read_toml(text, faults)
    terms = read_appeals(faults, held, key_lines(decoded))
    faults.stop_if_any()
    return terms


def read_appeals(faults: Faults, held: dict[str, Any], lines: dict[Path, int]) -> Terms:
    """Reads the table out of a policy that is open already; what is wrong is left in `faults`."""
    return _AppealsReader(faults, held, lines, KEYS).terms()


class _AppealsReader(TomlReader):
    """Reads one key after the other and goes on after a fault."""

    def terms(self) -> Terms:
        """Reads everything; what could not be read has left a fault."""
        table = self._table(("appeals",), self._held.get("appeals", {}), "appeals")
        given = {name: self._whole(name, table[name]) for name in KEYS["appeals"] if name in table}
        return Terms(**given)

    def _whole(self, name: str, held: object) -> int:
        if isinstance(held, bool) or not isinstance(held, int) or not 1 <= held <= MOST[name]:
            remedy = f"Write a whole number from 1 to {MOST[name]}"
            self._fault(("appeals", name), "out of range", remedy, held)
            return 1
        return held
