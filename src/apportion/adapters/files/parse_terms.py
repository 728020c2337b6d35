"""Reads directive.toml: the terms that an office keeps and that a replay tries; one has an end.

An office reads it over its own resources. A replay of plain files knows none: there any name of a
resource will do, and amounts are hours.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from fractions import Fraction
from functools import partial
from typing import Any

from apportion.adapters.files.faults import Faults
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.directive.terms import Mode, Payback, Shelving, Take, Terms
from apportion.core.ids import AreaId, ProjectId, ResourceCode
from apportion.core.units import DisplayUnit, Resource, parse_decimal, parse_quantity
from apportion.core.windows import Window, from_epoch, parse_instant

SCHEMA = "apportion.directive/1"
FORMER_SCHEMA = "apportion.codered/1"  # says less, in the same words
KEYS = {
    "": (
        *("schema", "ref", "purpose", "declared_by", "area", "project", "group", "from", "until"),
        *("mode", "signers", "exempt_areas", "exempt_projects", "exempt_groups", "finish_by"),
        *("take", "payback", "staff_weeks", "minimums", "shelve"),
    ),
    "take": ("share", "amount"),
    "payback": ("rate", "by", "leave"),
    "shelve": ("project", "at"),
}
BORROWERS = ("area", "project", "group")
LONGEST_REF, LONGEST_PURPOSE = 40, 200
MOST_PARTS = 10**6
LATEST = 2**37  # seconds of a trace that a calendar can still show
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_terms(
    data: bytes, file: str, resources: Mapping[ResourceCode, Resource] | None = None
) -> Terms:
    """Reads the terms of a directive over the resources that there are; None: over any.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, text = read_toml(data, faults)
    terms = _Reader(faults, held, key_lines(text), KEYS).terms(resources)
    faults.stop_if_any()
    return terms


class _Reader(TomlReader):
    """Reads one table after the other and goes on after a fault."""

    def terms(self, resources: Mapping[ResourceCode, Resource] | None) -> Terms:
        """Reads everything; what could not be read has left a fault."""
        self._known((), self._held, "")
        self._resources = {
            str(code): resource for code, resource in (resources or self._any_resource()).items()
        }
        schema = self._held.get("schema")
        if schema not in {SCHEMA, FORMER_SCHEMA}:
            self._fault(("schema",), "missing or not known", f'Write schema = "{SCHEMA}"', schema)
        if sum(name in self._held for name in BORROWERS) != 1:
            remedy = "Write area or project, whichever borrows; in a replay of files also group"
            self._fault(("area",), "not one borrower", remedy, self._held.get("area"))
        area, project, group = (self._held.get(name) for name in BORROWERS)
        finish = self._held.get("finish_by")
        return Terms(
            ref=self._short("ref", LONGEST_REF, self._id(("ref",), self._held.get("ref"))),
            purpose=self._short(
                "purpose", LONGEST_PURPOSE, self._text(("purpose",), self._held.get("purpose"))
            ),
            window=self._window(),
            takes=self._takes(),
            payback=self._payback(),
            area=None if area is None else AreaId(self._id(("area",), area)),
            project=None if project is None else ProjectId(self._id(("project",), project)),
            group=None if group is None else self._text(("group",), group),
            mode=self._mode(self._held.get("mode", Mode.DRAIN.value)),
            exempt_areas=tuple(map(AreaId, self._ids("exempt_areas"))),
            exempt_projects=tuple(map(ProjectId, self._ids("exempt_projects"))),
            exempt_groups=tuple(self._texts("exempt_groups")),
            declared_by=self._declared_by(),
            signers=tuple(self._texts("signers")),
            finish_by=None if finish is None else self._instant(("finish_by",), finish),
            minimums=self._minimums(),
            staff=self._staff(),
            shelved=tuple(self._shelving(n, one) for n, one in enumerate(self._tables("shelve"))),
        )

    def _declared_by(self) -> str:
        held = self._held.get("declared_by")
        return "" if held is None else self._text(("declared_by",), held)

    def _any_resource(self) -> Mapping[ResourceCode, Resource]:
        """Takes the names that the file uses as resources, in hours."""
        take = self._held.get("take")
        tables = take.values() if isinstance(take, dict) else ()
        named = [code for table in tables if isinstance(table, dict) for code in table]
        return {ResourceCode(code): Resource(code=code) for code in named}

    def _minimums(self) -> tuple[tuple[str, int], ...]:
        """Reads hours that were promised for the time, by group."""
        held = self._plain(("minimums",), self._held.get("minimums", {}))
        parse = partial(parse_quantity, unit=DisplayUnit.HOUR)
        return tuple(
            (name, self._quantity(("minimums", name), hours, parse) or 0)
            for name, hours in held.items()
        )

    def _texts(self, key: str) -> list[str]:
        held = self._held.get(key, [])
        if not isinstance(held, list):
            self._fault((key,), "not a list", f'Write {key} = ["one", "another"]', held)
            return []
        return [self._text((key, place), one) for place, one in enumerate(held)]

    def _window(self) -> Window:
        starts_at = self._instant(("from",), self._held.get("from"))
        if "until" not in self._held:
            self._fault(("until",), "missing: a directive has an end", "Write until = 2026-02-09")
            return Window(starts_at=EPOCH, ends_at=datetime.max.replace(tzinfo=UTC))
        ends_at = self._instant(("until",), self._held["until"])
        if ends_at <= starts_at:
            remedy = "Let it end after it begins"
            self._fault(("until",), "not after from", remedy, ends_at.isoformat())
            return Window(starts_at=EPOCH, ends_at=datetime.max.replace(tzinfo=UTC))
        return Window(starts_at=starts_at, ends_at=ends_at)

    def _takes(self) -> tuple[Take, ...]:
        table = self._table(("take",), self._held.get("take", {}), "take")
        amounts = self._amounts(("take", "amount"), table.get("amount", {}))
        shares = self._plain(("take", "share"), table.get("share", {}))
        found = [Take(resource=code, amount=amount) for code, amount in amounts.items()]
        for code in (code for code, amount in amounts.items() if not amount):
            self._fault(("take", "amount", code), "takes nothing", "Write more than 0", "0")
        for named, held in shares.items():
            code = ResourceCode(named)
            path: Path = ("take", "share", code)
            if code not in self._resources or code in amounts:
                what = "given twice" if code in amounts else "no such resource"
                self._fault(path, what, f"There are {', '.join(self._resources)}", code)
                continue
            share = self._number(path, held)
            if not 0 < share <= 1:
                self._fault(path, "not a share", "Write more than 0 and at most 1", held)
            found.append(Take(resource=ResourceCode(code), share=share))
        if not found:
            remedy = 'Write [take.share] and "gpu:h100" = 0.3 below'
            self._fault(("take",), "nothing is taken", remedy)
        return tuple(sorted(found, key=lambda take: take.resource))

    def _payback(self) -> Payback:
        table = self._table(("payback",), self._held.get("payback", {}), "payback")
        if not table:
            remedy = "Write [payback] with rate = 1 and by = 2026-03-30"
            self._fault(("payback",), "missing: what is lent comes back", remedy)
            return Payback(rate=Fraction(1), by=EPOCH)
        rate = self._quantity(("payback", "rate"), table.get("rate", 1), parse_decimal)
        return Payback(
            rate=Fraction(rate) if rate is not None else Fraction(1),
            by=self._instant(("payback", "by"), table.get("by")),
            leave=self._leave(table.get("leave", "0.5")),
        )

    def _leave(self, held: object) -> Fraction:
        leave = self._number(("payback", "leave"), held)
        if not 0 < leave <= 1 or leave.denominator > MOST_PARTS:
            remedy = "Write the part of its quota that it leaves: above 0, at most 1, such as 0.5"
            self._fault(("payback", "leave"), "not a part", remedy, held)
            return Fraction(1)
        return leave

    def _staff(self) -> dict[AreaId, int]:
        found = {}
        for area, held in self._plain(("staff_weeks",), self._held.get("staff_weeks", {})).items():
            path: Path = ("staff_weeks", area)
            weeks = self._quantity(path, held, lambda text: parse_quantity(text, DisplayUnit.WEEK))
            found[AreaId(self._id(path, area))] = weeks or 0
        return found

    def _shelving(self, place: int, held: dict[str, Any]) -> Shelving:
        path: Path = ("shelve", place)
        self._known(path, held, "shelve")
        return Shelving(
            project=ProjectId(self._id((*path, "project"), held.get("project"))),
            at=self._instant((*path, "at"), held.get("at")),
        )

    def _instant(self, path: Path, held: object) -> datetime:
        """Reads an instant, in quotes or not; a day is its first moment; or seconds of a trace."""
        if isinstance(held, int) and not isinstance(held, bool) and 0 <= held <= LATEST:
            return from_epoch(held)
        if isinstance(held, datetime):
            return held.replace(tzinfo=UTC) if held.tzinfo is None else held.astimezone(UTC)
        if isinstance(held, date):
            return datetime.combine(held, time(), UTC)
        try:
            return parse_instant(held if isinstance(held, str) else "")
        except ValueError as error:
            self._fault(path, "missing or not an instant", str(error).capitalize(), held)
            return EPOCH

    def _mode(self, held: object) -> Mode:
        modes = [mode.value for mode in Mode]
        if held not in modes:
            self._fault(("mode",), "not known", f"Write {' or '.join(modes)}", held)
            return Mode.DRAIN
        return Mode(str(held))

    def _ids(self, key: str) -> list[str]:
        held = self._held.get(key, [])
        if not isinstance(held, list):
            self._fault((key,), "not a list", 'Write ["one", "another"]', held)
            return []
        return [self._id((key, place), one) for place, one in enumerate(held)]

    def _short(self, key: str, most: int, text: str) -> str:
        if len(text) > most:
            self._fault((key,), "too long", f"Write at most {most} signs", text)
        return text
