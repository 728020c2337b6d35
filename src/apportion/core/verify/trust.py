"""Whom a reader trusts: the log's keys, the witnesses, and how many of them must have signed.

Source: C2SP tlog-policy, whose lines are `log`, `witness`, `group` and `quorum`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from apportion.core.verify.facts import Untrue, ensure
from apportion.core.verify.notes import LOG_KEY, WITNESS_KEY, Key, parse_key

BLANK = re.compile(r"[ \t]+")
NOBODY = "none"
WORDS = {"log": (2, 3), "witness": (3, 4), "group": (4, 999), "quorum": (2, 2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Keys and the rule that says when a checkpoint has been seen by enough others.

    Shape: groups map a name to how many of which members it takes; each member was named before.
    """

    logs: tuple[Key, ...]
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = NOBODY

    def is_met(self, signed: Collection[Key]) -> bool:
        """Says whether those who signed are enough."""
        return self.quorum == NOBODY or self._counts(self.quorum, signed)

    def _counts(self, name: str, signed: Collection[Key]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signed
        needed, members = self.groups[name]
        return sum(self._counts(member, signed) for member in members) >= needed


def parse_trust(text: str) -> Trust:
    """Reads a policy of trust.

    Raises: Untrue with the line and what is wrong with it.
    """
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        words = BLANK.split(line.strip(" \t"))
        if words == [""] or words[0].startswith("#"):
            continue
        try:
            reader.take(words)
        except Untrue as untrue:
            raise Untrue(f"line {number}: {untrue}") from None
    ensure(reader.quorum is not None, "no line says the quorum; write `quorum none` for nobody")
    return Trust(
        logs=tuple(reader.logs),
        witnesses=reader.witnesses,
        groups=reader.groups,
        quorum=reader.quorum or NOBODY,
    )


class _Reader:
    """Gathers lines in their order: a group names only what stands above it."""

    def __init__(self) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.used: set[str] = set()
        self.quorum: str | None = None

    def take(self, words: list[str]) -> None:
        least, most = WORDS.get(words[0], (0, 0))
        ensure(bool(least), f"{words[0]!r} is none of log, witness, group, quorum")
        ensure(least <= len(words) <= most, f"a line of {words[0]} has other words")
        take = {
            "log": self._take_log,
            "witness": self._take_witness,
            "group": self._take_group,
            "quorum": self._take_quorum,
        }
        take[words[0]](words)

    def _take_log(self, words: list[str]) -> None:
        key = parse_key(words[1])
        ensure(key.kind == LOG_KEY, "this is not the key of a log")
        ensure(key.public not in {log.public for log in self.logs}, "the log is listed twice")
        self.logs.append(key)

    def _take_witness(self, words: list[str]) -> None:
        key = parse_key(words[2])
        ensure(key.kind == WITNESS_KEY, "this is not the key of a witness")
        known = {witness.public for witness in self.witnesses.values()}
        ensure(key.public not in known, "the witness is listed twice")
        self._check_new(words[1])
        self.witnesses[words[1]] = key

    def _take_group(self, words: list[str]) -> None:
        name, count, members = words[1], words[2], tuple(words[3:])
        self._check_new(name)
        for member in members:
            self._check_known(member)
            ensure(member not in self.used, f"{member} stands in two places")
            self.used.add(member)
        whole = count.isdecimal() and count.isascii()
        needed = {"all": len(members), "any": 1}.get(count, int(count) if whole else 0)
        ensure(1 <= needed <= len(members), f"{count!r} of {len(members)} members cannot sign")
        self.groups[name] = (needed, members)

    def _take_quorum(self, words: list[str]) -> None:
        ensure(self.quorum is None, "the quorum is said twice")
        if words[1] != NOBODY:
            self._check_known(words[1])
        self.quorum = words[1]

    def _check_new(self, name: str) -> None:
        ensure(
            name != NOBODY and name not in self.witnesses and name not in self.groups,
            f"the name {name} is taken",
        )

    def _check_known(self, name: str) -> None:
        ensure(name in self.witnesses or name in self.groups, f"no line above names {name}")
