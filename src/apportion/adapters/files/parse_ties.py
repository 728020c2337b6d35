"""Reads how a round settles ties: the seed or its published hash, and the rule of the tie zone."""

import hashlib
import re
from fractions import Fraction
from typing import Any

from apportion.adapters.files.faults import near
from apportion.adapters.files.toml_lines import Path
from apportion.adapters.files.toml_reader import TomlReader
from apportion.core.policy import SEALED_PREFIX, TieBy, TieRule

DEFAULT_SEED = "0x0"  # a round that names no seed has a draw all the same
HASH = re.compile(r"[0-9a-f]{64}")
FEWEST_DRAWS, MOST_DRAWS = 20, 2000


class TieTables(TomlReader):
    """Reads `tie_seed`, `tie_commitment` and `[decide.ties]`."""

    def _seed(self, decide: dict[str, Any]) -> str:
        """Reads the seed of the draw; where only its hash is published, it is sealed."""
        seed, promise = decide.get("tie_seed"), decide.get("tie_commitment")
        if seed is None and promise is None:
            return DEFAULT_SEED
        if seed is None:
            if not isinstance(promise, str) or not HASH.fullmatch(promise):
                remedy = "Write the SHA-256 of the seed's text as 64 digits 0-9 a-f"
                self._fault(("decide", "tie_commitment"), "not a hash", remedy, promise)
            return f"{SEALED_PREFIX}{promise}"
        path: Path = ("decide", "tie_seed")
        text = self._text(path, seed)
        if text.startswith(SEALED_PREFIX):
            self._fault(path, "a word of our own", "Choose another seed", seed)
        if promise is not None and hashlib.sha256(text.encode()).hexdigest() != promise:
            remedy = "The commitment is the SHA-256 of the seed's text, in hexadecimal"
            self._fault(path, "not the seed that was committed", remedy, seed)
        return text

    def _ties(self, held: object) -> TieRule:
        path: Path = ("decide", "ties")
        table = self._table(path, held, "ties")
        plain = TieRule()
        low, high = self._zone((*path, "zone"), table.get("zone"), plain)
        return TieRule(
            low=low,
            high=high,
            by=self._tie_by((*path, "by"), table.get("by")),
            draws=self._draws((*path, "draws"), table.get("draws", plain.draws)),
            allow_uncommitted=self._flag(
                (*path, "allow_uncommitted"), table.get("allow_uncommitted", False)
            ),
        )

    def _zone(self, path: Path, held: object, plain: TieRule) -> tuple[Fraction, Fraction]:
        """Reads the two odds between which nobody is sure."""
        if held is None:
            return plain.low, plain.high
        if not isinstance(held, list) or len(held) != 2:
            self._fault(path, "not two odds", "Write two numbers such as [0.1, 0.9]", held)
            return plain.low, plain.high
        low, high = (self._number(path, one) for one in held)
        if not low < high <= 1:
            remedy = "Write the lower one first, both from 0 to 1"
            self._fault(path, "not a zone of odds", remedy, ", ".join(map(str, held)))
            return plain.low, plain.high
        return low, high

    def _tie_by(self, path: Path, held: object) -> TieBy | None:
        if held is None:
            return None
        if held not in list(TieBy):
            self._fault(path, "nobody who settles ties", near(str(held), list(TieBy)), held)
            return None
        return TieBy(str(held))

    def _draws(self, path: Path, held: object) -> int:
        is_count = isinstance(held, int) and not isinstance(held, bool)
        if not is_count or not FEWEST_DRAWS <= int(str(held)) <= MOST_DRAWS:
            remedy = f"Write a whole number from {FEWEST_DRAWS} to {MOST_DRAWS}"
            self._fault(path, "not a number of draws", remedy, held)
            return TieRule().draws
        return int(str(held))

    def _flag(self, path: Path, held: object) -> bool:
        if not isinstance(held, bool):
            self._fault(path, "not true or false", "Write true or false", held)
            return False
        return held
