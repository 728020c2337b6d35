"""Reads the [review] table of a round.toml: rubric, names, loads, reminders, the right of reply."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.review.terms import (
    ALWAYS,
    CHOSEN,
    Criterion,
    Ground,
    Names,
    Overdue,
    ReviewTerms,
    Rubric,
)

KEYS = {
    "review": (
        "names",
        "opinions",
        "load",
        "remind_days",
        "escalate_days",
        "overdue",
        "reply_days",
        "conflicts",
        "coauthor_years",
        "scale",
        "criteria",
    ),
    "criteria": ("id", "name", "weight", "anchors"),
}
MOST_OPINIONS, MOST_LOAD, MOST_DAYS, MOST_YEARS = 20, 500, 365, 50
MOST_CRITERIA, LARGEST_MARK, MOST_WEIGHT = 12, 100, 1000
Named = TypeVar("Named", bound=StrEnum)


def parse_review(text: bytes, file: str) -> ReviewTerms:
    """Reads how a round is reviewed; a policy without [review] has one score and plain terms.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, plain = read_toml(text, faults)
    terms = read_review(faults, held, key_lines(plain))
    faults.stop_if_any()
    return terms


def read_review(faults: Faults, held: dict[str, Any], lines: dict[Path, int]) -> ReviewTerms:
    """Reads the table as part of a policy; what could not be read has left a fault."""
    return _Reader(faults, held, lines, KEYS).terms()


class _Reader(TomlReader):
    """Reads one key after the other and goes on after a fault."""

    def terms(self) -> ReviewTerms:
        """Reads everything."""
        table = self._table(("review",), self._held.get("review", {}), "review")
        plain = ReviewTerms()
        whole = self._whole
        grounds = self._grounds("review", table.get("conflicts", list(CHOSEN)))
        board = self._held.get("board", {})
        own = isinstance(board, dict) and "conflicts" in board
        return ReviewTerms(
            names=self._one_of("names", table.get("names", plain.names), Names),
            opinions=whole("opinions", table.get("opinions", plain.opinions), 1, MOST_OPINIONS),
            load=whole("load", table.get("load", plain.load), 1, MOST_LOAD),
            remind_days=self._days(table.get("remind_days", list(plain.remind_days))),
            escalate_days=whole(
                "escalate_days", table.get("escalate_days", plain.escalate_days), 0, MOST_DAYS
            ),
            overdue=self._one_of("overdue", table.get("overdue", plain.overdue), Overdue),
            reply_days=whole("reply_days", table.get("reply_days", plain.reply_days), 0, MOST_DAYS),
            grounds=grounds,
            board_grounds=self._grounds("board", board["conflicts"]) if own else grounds,
            coauthor_years=whole(
                "coauthor_years", table.get("coauthor_years", plain.coauthor_years), 0, MOST_YEARS
            ),
            rubric=self._rubric(table),
        )

    def _rubric(self, table: Mapping[str, Any]) -> Rubric:
        plain = Rubric()
        low, high = self._scale(table.get("scale", [plain.low, plain.high]), plain)
        held = table.get("criteria", [])
        if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
            remedy = "Write [[review.criteria]] before each"
            self._fault(("review", "criteria"), "not a list of tables", remedy, held)
            held = []
        if len(held) > MOST_CRITERIA:
            remedy = f"Mark at most {MOST_CRITERIA} things"
            self._fault(("review", "criteria"), "too many", remedy, len(held))
        criteria = tuple(self._criterion(n, one, low, high) for n, one in enumerate(held))
        for place, one in enumerate(criteria):
            if one.id in [other.id for other in criteria[:place]]:
                path: Path = ("review", "criteria", place, "id")
                self._fault(path, "repeated", "Give each its own id", one.id)
        if not criteria and (low, high) != (plain.low, plain.high):
            remedy = "Add [[review.criteria]]; without them scores go from 1 to 10"
            self._fault(("review", "scale"), "a scale of nothing", remedy)
        return Rubric(low=low, high=high, criteria=criteria)

    def _criterion(self, place: int, held: dict[str, Any], low: int, high: int) -> Criterion:
        path: Path = ("review", "criteria", place)
        self._known(path, held, "criteria")
        weight = self._number((*path, "weight"), held.get("weight", 1))
        if not 0 < weight <= MOST_WEIGHT:
            remedy = f"Write a number above 0, at most {MOST_WEIGHT}"
            self._fault((*path, "weight"), "out of range", remedy, held.get("weight"))
            weight = Criterion(id="", name="").weight
        anchors = {}
        for mark, words in self._plain((*path, "anchors"), held.get("anchors", {})).items():
            if not (mark.isascii() and mark.isdigit() and low <= int(mark[:9]) <= high):
                remedy = f"Anchor marks from {low} to {high}"
                self._fault((*path, "anchors", mark), "not a mark", remedy, mark)
                continue
            anchors[int(mark)] = self._text((*path, "anchors", mark), words)
        return Criterion(
            id=self._id((*path, "id"), held.get("id")),
            name=self._text((*path, "name"), held.get("name", held.get("id"))),
            weight=weight,
            anchors=dict(sorted(anchors.items())),
        )

    def _scale(self, held: object, plain: Rubric) -> tuple[int, int]:
        whole = isinstance(held, list) and len(held) == 2 and all(type(n) is int for n in held)
        if whole and isinstance(held, list) and 0 <= held[0] < held[1] <= LARGEST_MARK:
            return held[0], held[1]
        remedy = f"Write the lowest and the highest mark, such as [1, 5]; at most {LARGEST_MARK}"
        self._fault(("review", "scale"), "not a scale", remedy, held)
        return plain.low, plain.high

    def _days(self, held: object) -> tuple[int, ...]:
        path: Path = ("review", "remind_days")
        if not isinstance(held, list):
            self._fault(path, "not a list of days", "Write days such as [3, 1]", held)
            return ()
        found = [self._whole("remind_days", day, 1, MOST_DAYS) for day in held]
        return tuple(sorted(set(found), reverse=True))

    def _grounds(self, table: str, held: object) -> frozenset[Ground]:
        path: Path = (table, "conflicts")
        if not isinstance(held, list):
            remedy = f"Write a list of {', '.join(CHOSEN)}"
            self._fault(path, "not a list", remedy, held)
            return ALWAYS
        for name in held:
            if name not in list(CHOSEN):
                self._fault(path, "not a ground", near(str(name), CHOSEN), name)
        return ALWAYS | {Ground(name) for name in held if name in list(CHOSEN)}

    def _one_of(self, key: str, held: object, kind: type[Named]) -> Named:
        names = [one.value for one in kind]
        if held not in names:
            self._fault(("review", key), "not known", near(str(held), names), held)
            return next(iter(kind))
        return kind(held)

    def _whole(self, key: str, held: object, least: int, most: int) -> int:
        if type(held) is not int or not least <= held <= most:
            remedy = f"Write a whole number from {least} to {most}"
            self._fault(("review", key), "out of range", remedy, held)
            return least
        return held
