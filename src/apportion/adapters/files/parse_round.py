"""Reads round.toml into a policy, or tells everything that is wrong with it."""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.parse_appeals import read_appeals
from apportion.adapters.files.parse_call import read_call
from apportion.adapters.files.parse_changes import read_changes
from apportion.adapters.files.parse_review import read_review
from apportion.adapters.files.parse_ties import TieTables
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.core.ids import ID_REMEDY, AreaId, GroupId, ResourceCode, is_id
from apportion.core.policy import (
    Area,
    BoardRule,
    Carry,
    CodeRed,
    Counting,
    CutLine,
    EqualShares,
    Group,
    Objective,
    Policy,
    Voters,
)
from apportion.core.units import DisplayUnit, Resource, format_quantity

SCHEMA = "apportion.round/1"
KEYS = {
    "": (
        "schema",
        "name",
        "resources",
        "pool",
        "reserve",
        "areas",
        "groups",
        "carried",
        "decide",
        "period",
        "code_red",
        "review",
        "board",
        "call",
        "changes",
        "appeals",
    ),
    "resources": ("unit",),
    "reserve": ("share", "appeals"),
    "areas": ("id", "name", "floor", "cap", "parent"),
    "groups": ("id", "cap"),
    "decide": (
        "objective",
        "size_exponent",
        "curve_exponent",
        "gap",
        "tie_seed",
        "tie_commitment",
        "ties",
        "cut_line",
        "equal_shares",
    ),
    "ties": ("zone", "by", "draws", "allow_uncommitted"),
    "cut_line": ("threshold", "skip_unfit"),
    "equal_shares": ("voters", "count", "complete"),
    "period": ("carry", "carry_at_most"),
    "code_red": ("signers", "exempt", "notice_days"),
    "board": ("signers", "conflicts"),
}
EXPONENT_STEP = Fraction(1, 1000)
HIGHEST_EXPONENT = 2
MOST_SIGNERS, MOST_NOTICE_DAYS = 20, 365
Named = TypeVar("Named", bound=StrEnum)


def parse_round(text: bytes, file: str) -> Policy:
    """Reads a round's policy.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    reader = _Reader(faults, *_load(text, faults))
    faults.stop_if_any()
    policy = reader.policy()
    faults.stop_if_any()
    return policy


def _load(data: bytes, faults: Faults) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(what="not UTF-8 text", remedy="Save the file as UTF-8", line=line)
        return {}, {}
    try:
        return tomllib.loads(text, parse_float=Decimal), key_lines(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        what = f"not TOML: {str(error).split(' (at ')[0]}"
        remedy = "Mend the line, or quote the text"
        faults.add(what=what, remedy=remedy, line=int(at[1]) if at else text.count("\n") + 1)
    return {}, {}


class _Reader(TieTables):
    """Reads one table after the other and goes on after a fault."""

    def __init__(self, faults: Faults, held: dict[str, Any], lines: dict[Path, int]) -> None:
        super().__init__(faults, held, lines, KEYS)
        self._pool: dict[ResourceCode, int] = {}

    def policy(self) -> Policy:
        """Reads everything; what could not be read has left a fault."""
        self._known((), self._held, "")
        schema = self._held.get("schema")
        if schema != SCHEMA:
            self._fault(("schema",), "missing or not known", f'Write schema = "{SCHEMA}"', schema)
        self._resources = self._read_resources()
        self._pool = self._read_pool()
        areas = tuple(self._area(place, held) for place, held in enumerate(self._tables("areas")))
        if not areas:
            self._fault(("areas",), "no area", "Add [[areas]] with an id and a name")
        self._check_areas(areas)
        groups = tuple(self._group(n, held) for n, held in enumerate(self._tables("groups")))
        self._unique("groups", [group.id for group in groups])
        decide = self._table(("decide",), self._held.get("decide", {}), "decide")
        reserve = self._table(("reserve",), self._held.get("reserve", {}), "reserve")
        known = [area.id for area in areas]
        read_call(
            self._faults, self._held, self._lines, resources=self._resources, areas=known
        )  # looked over here, used by whoever takes requests
        read_appeals(self._faults, self._held, self._lines)
        read_changes(self._faults, self._held, self._lines)  # likewise, for what comes after
        read_review(self._faults, self._held, self._lines)  # whoever reviews reads it again
        share = self._share(("reserve", "share"), reserve.get("share", 0))
        appeals = self._share(("reserve", "appeals"), reserve.get("appeals", 0))
        if share + appeals >= 1:
            self._fault(("reserve",), "nothing is left to award", "Keep back less than 1 in all")
        return Policy(
            name=self._text(("name",), self._held.get("name")),
            resources={ResourceCode(code): r for code, r in self._resources.items()},
            pool=self._pool,
            areas=areas,
            groups=groups,
            carried=self._carried(areas),
            reserve_share=share,
            appeals_share=appeals,
            objective=self._objective(decide.get("objective", Objective.MERIT.value)),
            size_exponent=self._exponent(
                "size_exponent", decide.get("size_exponent", "0.85"), most=HIGHEST_EXPONENT
            ),
            curve_exponent=self._exponent(
                "curve_exponent", decide.get("curve_exponent", 1), most=1
            ),
            gap=self._share(("decide", "gap"), decide.get("gap", 0)),
            tie_seed=self._seed(decide),
            tie_commitment=decide.get("tie_commitment"),
            ties=self._ties(decide.get("ties", {})),
            cut_line=self._cut_line(decide.get("cut_line", {})),
            equal_shares=self._equal_shares(decide.get("equal_shares", {})),
            carry=self._carry(self._held.get("period", {})),
            code_red=self._code_red(self._held.get("code_red", {}), areas),
            board=self._board(self._held.get("board", {})),
        )

    def _read_resources(self) -> dict[str, Resource]:
        """Reads the display units; where no resource is declared, those of the pool are in hours."""
        held = self._plain(("resources",), self._held.get("resources", {}))
        if not held:
            pool = self._held.get("pool", {})
            held = {code: {} for code in pool} if isinstance(pool, dict) else {}
        found = {}
        units = [unit.value for unit in DisplayUnit]
        for code, table in held.items():
            path: Path = ("resources", code)
            if not is_id(code):
                self._fault(path, "not a resource code", ID_REMEDY, code)
            unit = self._table(path, table, "resources").get("unit", DisplayUnit.HOUR.value)
            if unit not in units:
                self._fault((*path, "unit"), "not a display unit", near(str(unit), units), unit)
                unit = DisplayUnit.HOUR.value
            found[code] = Resource(code=code, unit=DisplayUnit(unit))
        return found

    def _read_pool(self) -> dict[ResourceCode, int]:
        pool = self._amounts(("pool",), self._held.get("pool", {}))
        if "pool" not in self._held or not self._held["pool"]:
            self._fault(("pool",), "missing", "Add [pool] with what there is of each resource")
            return pool
        for code in self._resources:
            if code not in pool and code not in self._held["pool"]:
                remedy = f'Write "{code}" = 0 in [pool] if there is none'
                self._fault(("resources", code), "not in [pool]", remedy, code)
        return pool

    def _area(self, place: int, held: dict[str, Any]) -> Area:
        path: Path = ("areas", place)
        self._known(path, held, "areas")
        floor = self._amounts((*path, "floor"), held.get("floor", {}))
        cap = self._amounts((*path, "cap"), held.get("cap", {}))
        for code, promised in floor.items():
            self._check_floor((*path, "floor"), code, promised, cap)
        name = held.get("name", held.get("id"))
        parent = held.get("parent")
        return Area(
            id=AreaId(self._id((*path, "id"), held.get("id"))),
            name=self._text((*path, "name"), name),
            floor=floor,
            cap=cap,
            parent=None if parent is None else AreaId(str(parent)),
        )

    def _check_floor(
        self, path: Path, code: ResourceCode, promised: int, cap: Mapping[ResourceCode, int]
    ) -> None:
        unit = self._resources[code].unit
        text = format_quantity(promised, unit)
        pool = self._pool.get(code, 0)
        if promised > pool:
            remedy = f"Promise at most {format_quantity(pool, unit)}, all there is of {code}"
            self._fault(path, f"the floor of {code} is above the whole pool", remedy, text)
        if code in cap and cap[code] < promised:
            remedy = f"Promise at most the cap, {format_quantity(cap[code], unit)}"
            self._fault(path, f"the cap of {code} is below the floor", remedy, text)

    def _check_areas(self, areas: tuple[Area, ...]) -> None:
        self._unique("areas", [area.id for area in areas])
        parents = {area.id: area.parent for area in areas}
        told: set[str] = set()
        for place, area in enumerate(areas):
            path: Path = ("areas", place, "parent")
            if area.parent is not None and area.parent not in parents:
                self._fault(path, "no such area", near(area.parent, parents), area.parent)
                continue
            chain = _chain(area.id, parents)
            if chain[-1] == area.id and len(chain) > 1 and area.id not in told:
                told |= set(chain)
                self._fault(
                    path,
                    "areas above one another in a circle",
                    "Take one parent away",
                    " > ".join(chain),
                )

    def _carried(self, areas: tuple[Area, ...]) -> dict[AreaId, dict[ResourceCode, int]]:
        """Reads what areas are still owed from the rounds before, per resource."""
        known = [area.id for area in areas]
        found: dict[AreaId, dict[ResourceCode, int]] = {}
        for name, held in self._plain(("carried",), self._held.get("carried", {})).items():
            if name not in known:
                self._fault(("carried", name), "no such area", near(name, known), name)
            amounts = self._amounts(("carried", name), held)
            found[AreaId(name)] = {code: n for code, n in amounts.items() if n}
        return found

    def _group(self, place: int, held: dict[str, Any]) -> Group:
        path: Path = ("groups", place)
        self._known(path, held, "groups")
        if not held.get("cap"):
            self._fault((*path, "cap"), "missing", "Give the group a cap on a resource")
        return Group(
            id=GroupId(self._id((*path, "id"), held.get("id"))),
            cap=self._amounts((*path, "cap"), held.get("cap", {})),
        )

    def _objective(self, held: object) -> Objective:
        names = [objective.value for objective in Objective]
        if held not in names:
            self._fault(("decide", "objective"), "not an objective", near(str(held), names), held)
            return Objective.MERIT
        return Objective(held)

    def _exponent(self, key: str, held: object, *, most: int) -> Fraction:
        path: Path = ("decide", key)
        value = self._number(path, held)
        if value > most or value % EXPONENT_STEP:
            remedy = f"Write a number from 0 to {most} with at most three decimals"
            self._fault(path, "out of range", remedy, held)
        return value

    def _cut_line(self, held: object) -> CutLine:
        path: Path = ("decide", "cut_line")
        table = self._table(path, held, "cut_line")
        return CutLine(
            threshold=self._number((*path, "threshold"), table.get("threshold", 0)),
            skip_unfit=self._flag((*path, "skip_unfit"), table.get("skip_unfit", True)),
        )

    def _equal_shares(self, held: object) -> EqualShares:
        path: Path = ("decide", "equal_shares")
        table = self._table(path, held, "equal_shares")
        return EqualShares(
            voters=self._one_of((*path, "voters"), table.get("voters", Voters.AREAS), Voters),
            count=self._one_of((*path, "count"), table.get("count", Counting.ADDITIVE), Counting),
            complete=self._flag((*path, "complete"), table.get("complete", True)),
        )

    def _one_of(self, path: Path, held: object, kind: type[Named]) -> Named:
        names = [one.value for one in kind]
        if held not in names:
            self._fault(path, "not known", near(str(held), names), held)
            return next(iter(kind))
        return kind(held)

    def _flag(self, path: Path, held: object) -> bool:
        if not isinstance(held, bool):
            self._fault(path, "not true or false", "Write true or false", held)
        return held is not False

    def _carry(self, held: object) -> Carry:
        """Reads what outlives a period: one share, or a share per resource, and the most of each."""
        table = self._table(("period",), held, "period")
        path: Path = ("period", "carry")
        shares = table.get("carry", 0)
        each = isinstance(shares, dict)
        for code in shares if each else ():
            if code not in self._resources:
                self._fault((*path, code), "no such resource", near(code, self._resources), code)
        return Carry(
            share=Fraction(0) if each else self._part(path, shares),
            shares={
                ResourceCode(code): self._part((*path, code), share)
                for code, share in (shares.items() if each else ())
            },
            at_most=self._amounts(("period", "carry_at_most"), table.get("carry_at_most", {})),
        )

    def _code_red(self, held: object, areas: tuple[Area, ...]) -> CodeRed:
        table = self._table(("code_red",), held, "code_red")
        plain, known = CodeRed(), [area.id for area in areas]
        exempt = table.get("exempt", [])
        if not isinstance(exempt, list):
            self._fault(("code_red", "exempt"), "not a list", 'Write ["area", ...]', exempt)
            exempt = []
        for name in exempt:
            if name not in known:
                fix = near(str(name), known)
                self._fault(("code_red", "exempt"), "no such area", fix, name)
        return CodeRed(
            signers=self._whole(
                ("code_red", "signers"), table.get("signers", plain.signers), MOST_SIGNERS
            ),
            exempt=tuple(AreaId(str(name)) for name in exempt),
            notice_days=self._whole(
                ("code_red", "notice_days"),
                table.get("notice_days", plain.notice_days),
                MOST_NOTICE_DAYS,
            ),
        )

    def _board(self, held: object) -> BoardRule:
        signers = self._table(("board",), held, "board").get("signers", BoardRule().signers)
        return BoardRule(signers=self._whole(("board", "signers"), signers, MOST_SIGNERS))

    def _whole(self, path: Path, held: object, most: int) -> int:
        if isinstance(held, bool) or not isinstance(held, int) or not 1 <= held <= most:
            fix = f"Write a whole number from 1 to {most}"
            self._fault(path, "out of range", fix, held)
            return 1
        return held

    def _part(self, path: Path, held: object) -> Fraction:
        """Reads a share that may be all."""
        value = self._number(path, held)
        if value > 1:
            self._fault(path, "not a share", "Write a number from 0 to 1", held)
        return value


def _chain(start: AreaId, parents: Mapping[AreaId, AreaId | None]) -> list[AreaId]:
    """Follows parents upwards until there is none, or one is met again."""
    chain = [start]
    above = parents.get(start)
    while above is not None and above not in chain:
        chain.append(above)
        above = parents.get(above)
    return [*chain, above] if above is not None else chain
