"""Reads the [call] table of a round.toml: who may ask, what is asked, what is granted at once."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.apply.call import (
    Answer,
    Attachments,
    Call,
    Eligible,
    FastLane,
    Intake,
    Question,
)
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.units import DisplayUnit, Resource

KEYS = {
    "call": ("kind", "every_days", "eligible", "fast_lane", "attachments", "questions"),
    "eligible": ("roles", "areas", "most_open", "no_overdue_report"),
    "fast_lane": ("most", "pool", "audit_share"),
    "attachments": ("most", "megabytes", "types"),
    "questions": ("id", "label", "kind", "help", "required", "least", "most", "choices"),
}
ROLES = ("researcher", "reviewer", "board", "operator", "auditor")
TYPES = ("pdf", "png", "jpeg", "text")
MOST_QUESTIONS, MOST_CHOICES, MOST_FILES, MOST_MEGABYTES, MOST_DAYS = 40, 50, 50, 100, 366
MEGABYTE = 1_000_000


def parse_call(text: bytes, file: str) -> Call:
    """Reads what a round asks of those who apply; a policy without [call] asks nothing more.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, decoded = read_toml(text, faults)
    resources = _resources(held)
    areas = [str(one.get("id")) for one in held.get("areas", []) if isinstance(one, dict)]
    call = read_call(faults, held, key_lines(decoded), resources=resources, areas=areas)
    faults.stop_if_any()
    return call


def read_call(
    faults: Faults,
    held: dict[str, Any],
    lines: dict[Path, int],
    *,
    resources: Mapping[str, Resource],
    areas: Sequence[str],
) -> Call:
    """Reads the table out of a policy that is open already; what is wrong is left in `faults`."""
    return _CallReader(faults, held, lines, KEYS).call(resources, areas)


def _resources(held: dict[str, Any]) -> dict[str, Resource]:
    declared, pool = held.get("resources") or {}, held.get("pool") or {}
    units = {
        code: str((declared.get(code) or {}).get("unit", "hour")) for code in {**pool, **declared}
    }
    known = {unit.value for unit in DisplayUnit}
    return {c: Resource(code=c, unit=DisplayUnit(u)) for c, u in units.items() if u in known}


class _CallReader(TomlReader):
    """Reads one table after the other and goes on after a fault."""

    def call(self, resources: Mapping[str, Resource], areas: Sequence[str]) -> Call:
        """Reads everything; what could not be read has left a fault."""
        if "call" not in self._held:
            return Call()
        self._resources, self._areas = dict(resources), tuple(areas)
        table = self._table(("call",), self._held["call"], "call")
        plain = Call()
        questions = table.get("questions", [])
        if not isinstance(questions, list) or len(questions) > MOST_QUESTIONS:
            remedy = f"Write [[call.questions]] before each, at most {MOST_QUESTIONS}"
            self._fault(("call", "questions"), "not a list of questions", remedy)
            questions = []
        asked = tuple(self._question(place, one) for place, one in enumerate(questions))
        self._once([one.id for one in asked])
        return Call(
            intake=Intake(self._word(("call", "kind"), table.get("kind", "dated"), list(Intake))),
            every_days=self._count(
                ("call", "every_days"), table.get("every_days", plain.every_days), MOST_DAYS
            ),
            eligible=self._eligible(table.get("eligible", {})),
            fast_lane=self._fast_lane(table["fast_lane"]) if "fast_lane" in table else None,
            attachments=self._attachments(table.get("attachments", {})),
            questions=asked,
        )

    def _eligible(self, held: object) -> Eligible:
        path: Path = ("call", "eligible")
        table = self._table(path, held, "eligible")
        most = table.get("most_open")
        return Eligible(
            roles=self._words((*path, "roles"), table.get("roles", []), ROLES),
            areas=tuple(
                AreaId(name)
                for name in self._words((*path, "areas"), table.get("areas", []), self._areas)
            ),
            most_open=None if most is None else self._count((*path, "most_open"), most, 1000),
            no_overdue_report=self._flag(
                (*path, "no_overdue_report"), table.get("no_overdue_report", False)
            ),
        )

    def _fast_lane(self, held: object) -> FastLane:
        path: Path = ("call", "fast_lane")
        table = self._table(path, held, "fast_lane")
        most = self._amounts((*path, "most"), table.get("most", {}))
        pool = self._amounts((*path, "pool"), table.get("pool", {}))
        if not most:
            remedy = 'Write most = { "gpu:h100" = 100 }: the largest ask granted at once'
            self._fault((*path, "most"), "missing", remedy)
        for code, bound in most.items():
            if pool.get(ResourceCode(code), 0) < bound:
                remedy = "Set aside at least one such ask in pool"
                self._fault((*path, "pool"), f"less {code} than one ask may be", remedy)
        share = self._number((*path, "audit_share"), table.get("audit_share", "0.2"))
        if share > 1:
            self._fault((*path, "audit_share"), "not a share", "Write a number from 0 to 1", share)
        return FastLane(most=most, pool=pool, audit_share=min(share, Fraction(1)))

    def _attachments(self, held: object) -> Attachments:
        path: Path = ("call", "attachments")
        table, plain = self._table(path, held, "attachments"), Attachments()
        types = self._words((*path, "types"), table.get("types", list(plain.types)), TYPES)
        megabytes = table.get("megabytes", plain.most_bytes // MEGABYTE)
        return Attachments(
            most=self._count((*path, "most"), table.get("most", plain.most), MOST_FILES, least=0),
            most_bytes=self._count((*path, "megabytes"), megabytes, MOST_MEGABYTES) * MEGABYTE,
            types=types,
        )

    def _question(self, place: int, held: object) -> Question:
        path: Path = ("call", "questions", place)
        table = self._table(path, held, "questions")
        kind = Answer(
            self._word((*path, "kind"), table.get("kind", "text"), [one.value for one in Answer])
        )
        choices = self._choices((*path, "choices"), table.get("choices", []))
        if (kind is Answer.CHOICE) != bool(choices):
            remedy = 'Give choices = ["...", "..."] to a choice, and to nothing else'
            self._fault((*path, "choices"), "choices and kind do not go together", remedy)
        least, most = (self._bound((*path, key), table.get(key)) for key in ("least", "most"))
        if least is not None and most is not None and least > most:
            self._fault((*path, "least"), "above most", "Write the smaller one as least", least)
        return Question(
            id=self._id((*path, "id"), table.get("id")),
            label=self._text((*path, "label"), table.get("label")),
            kind=kind,
            help=self._text((*path, "help"), table["help"]) if "help" in table else "",
            required=self._flag((*path, "required"), table.get("required", False)),
            least=least,
            most=most,
            choices=choices,
        )

    def _bound(self, path: Path, held: object) -> Fraction | None:
        return None if held is None else self._number(path, held)

    def _choices(self, path: Path, held: object) -> tuple[str, ...]:
        texts = (
            [one for one in held if isinstance(one, str) and one.strip()]
            if isinstance(held, list)
            else None
        )
        if (
            texts is None
            or texts != held
            or len(set(texts)) < len(texts)
            or len(texts) > MOST_CHOICES
        ):
            remedy = f'Write ["one", "other"], each once, at most {MOST_CHOICES}'
            self._fault(path, "not a list of different texts", remedy, held)
            return ()
        return tuple(texts)

    def _words(
        self, path: Path, held: object, known: list[str] | tuple[str, ...]
    ) -> tuple[str, ...]:
        if not isinstance(held, list):
            self._fault(path, "not a list", 'Write ["...", "..."]', held)
            return ()
        for word in held:
            if word not in known:
                self._fault(path, "not known", near(str(word), known), word)
        return tuple(str(word) for word in held if word in known)

    def _word(self, path: Path, held: object, known: list[Any]) -> str:
        names = [str(one) for one in known]
        if held not in names:
            self._fault(path, "not known", near(str(held), names), held)
            return names[0]
        return str(held)

    def _count(self, path: Path, held: object, most: int, *, least: int = 1) -> int:
        if isinstance(held, bool) or not isinstance(held, int) or not least <= held <= most:
            self._fault(path, "out of range", f"Write a whole number from {least} to {most}", held)
            return least
        return held

    def _flag(self, path: Path, held: object) -> bool:
        if not isinstance(held, bool):
            self._fault(path, "not true or false", "Write true or false", held)
        return held is True

    def _once(self, ids: list[str]) -> None:
        for place, name in enumerate(ids):
            if name in ids[:place]:
                path: Path = ("call", "questions", place, "id")
                self._fault(path, "repeated", "Give each question its own id", name)
