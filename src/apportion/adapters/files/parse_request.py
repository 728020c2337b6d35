"""Reads request.toml: a request as a file, to be imported as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.apply.answers import CHECKED, fault_of
from apportion.core.apply.call import Answer, Question
from apportion.core.apply.content import ANSWER, ASK, LINKS, MINIMUM, TEXTS
from apportion.core.units import Resource, format_quantity

SCHEMA = "apportion.request/1"
KEYS = {"": ("schema", "project", *TEXTS, *LINKS, "minimum", "ask", "answers")}
LISTS = ("requires", "groups", "co_authors")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFile:
    """A request as a file has it: whose it is, and what stands in each field."""

    project: str
    content: Mapping[str, str]


def parse_request(
    data: bytes,
    file: str,
    *,
    resources: Mapping[str, Resource],
    questions: Sequence[Question],
) -> RequestFile:
    """Reads a request for a round that has these resources and asks these questions.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, text = read_toml(data, faults)
    reader = _Reader(faults, held, key_lines(text), KEYS)
    found = reader.request(resources, questions)
    faults.stop_if_any()
    return found


class _Reader(TomlReader):
    """Reads one field after the other and goes on after a fault."""

    def request(
        self, resources: Mapping[str, Resource], questions: Sequence[Question]
    ) -> RequestFile:
        """Reads everything; what could not be read has left a fault."""
        self._resources = dict(resources)
        self._known((), self._held, "")
        schema = self._held.get("schema")
        if schema != SCHEMA:
            self._fault(("schema",), "missing or not known", f'Write schema = "{SCHEMA}"', schema)
        content = {
            name: self._words((name,), self._held[name]) for name in TEXTS if name in self._held
        }
        for name in LINKS:
            if name in self._held:
                held = self._held[name]
                content[name] = (
                    self._listed((name,), held) if name in LISTS else self._words((name,), held)
                )
        content |= self._sizes(MINIMUM, "minimum") | self._sizes(ASK, "ask")
        content |= self._answers(questions)
        project = self._id(("project",), self._held.get("project"))
        return RequestFile(project=project, content={k: v for k, v in content.items() if v})

    def _words(self, path: Path, held: object) -> str:
        if not isinstance(held, str):
            self._fault(path, "not a text", 'Write text in quotes: "..." or """..."""', held)
            return ""
        return held.strip()

    def _listed(self, path: Path, held: object) -> str:
        if not isinstance(held, list) or not all(isinstance(one, str) for one in held):
            self._fault(path, "not a list of names", 'Write ["...", "..."]', held)
            return ""
        return "; ".join(held)

    def _sizes(self, side: str, key: str) -> dict[str, str]:
        amounts = self._amounts((key,), self._held.get(key, {}))
        units = {code: self._resources[code].unit for code in amounts}
        return {f"{side}{code}": format_quantity(n, units[code]) for code, n in amounts.items()}

    def _answers(self, questions: Sequence[Question]) -> dict[str, str]:
        asked = {question.id: question for question in questions}
        found = {}
        for name, held in self._plain(("answers",), self._held.get("answers", {})).items():
            path: Path = ("answers", name)
            if name not in asked:
                self._fault(path, "the round asks no such question", near(name, asked), name)
                continue
            text = self._answer(path, asked[name], held)
            if fault := fault_of(asked[name], text) if text else "":
                self._fault(path, "will not do", fault, text)
            found[f"{ANSWER}{name}"] = text
        return found

    def _answer(self, path: Path, question: Question, held: Any) -> str:
        if question.kind is Answer.CHECKBOX and isinstance(held, bool):
            return CHECKED if held else ""
        if question.kind is Answer.NUMBER and isinstance(held, int | Decimal) and held is not True:
            return str(held)
        return self._words(path, held)
