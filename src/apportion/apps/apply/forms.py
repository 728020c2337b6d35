"""What an author writes: a claim, two numbers per resource, what the smaller one drops, and the call's questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from apportion.apps.rounds.wording import resource_label, unit_label
from apportion.core.apply.answers import CHECKED, MOST_CHARACTERS, fault_of
from apportion.core.apply.call import Answer, Question
from apportion.core.apply.content import ANSWER, ASK, MINIMUM, MOST_OF_TITLE
from apportion.core.apply.draft import QUESTION_CHARACTERS
from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

NEW_PROJECT = ""
TYPED = ("title", "question", "if_minimum", "either_or", "requires", "co_authors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The two fields of one resource, for the template."""

    resource: str
    unit: str
    minimum: forms.BoundField
    ask: forms.BoundField


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of the call with its field, for the template."""

    question: Question
    field: forms.BoundField
    is_box: bool


class StartForm(forms.Form):
    """What a draft begins with: a name, and the project that asks."""

    title = forms.CharField(max_length=MOST_OF_TITLE, label="A short name for it")
    project = forms.ChoiceField(required=False, label="Project")
    new_project = forms.CharField(required=False, max_length=160, label="Name of the new project")
    area = forms.ChoiceField(required=False, label="Area of the new project")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        projects: Sequence[tuple[str, str]],
        areas: Sequence[tuple[str, str]],
    ) -> None:
        first = {"project": projects[0][0]} if projects else {}
        super().__init__(data, initial=first, use_required_attribute=False)
        _choice(self, "project").choices = [*projects, (NEW_PROJECT, "Start a new project")]
        _choice(self, "area").choices = list(areas)

    def clean(self) -> dict[str, Any]:
        """Demands a name where the project is new."""
        cleaned = super().clean() or {}
        if cleaned.get("project") == NEW_PROJECT and not cleaned.get("new_project", "").strip():
            self.add_error("new_project", "Give the new project a name, or choose one above.")
        return cleaned


class RequestForm(forms.Form):
    """A request as a page: one pair of amount fields per resource of the pool, one field a question.

    Everything that is typed is kept; `is_valid` only says what stands in the way of submitting.
    """

    title = forms.CharField(max_length=MOST_OF_TITLE, label="A short name for it")
    question = forms.CharField(
        max_length=QUESTION_CHARACTERS,
        label="What will you find out?",
        widget=forms.Textarea(attrs={"rows": 2, "class": "claim", "data-count": "question-count"}),
    )
    if_minimum = forms.CharField(
        required=False, label="If you only get the minimum, what do you drop?"
    )
    project = forms.ChoiceField(required=False, label="Project")
    co_authors = forms.CharField(
        required=False,
        label="Co-authors",
        help_text="Sign-in names, joined by commas. They may write here too.",
    )
    either_or = forms.CharField(
        required=False,
        max_length=60,
        label="Either this or",
        help_text="A word of your own: of all requests with the same word at most one is granted.",
    )
    requires = forms.CharField(
        required=False,
        label="Only together with",
        help_text="References of this round, joined by commas; this is granted only if they are.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        units: Mapping[str, DisplayUnit],
        questions: Sequence[Question] = (),
        projects: Sequence[tuple[str, str]] = (),
        content: Mapping[str, str] | None = None,
    ) -> None:
        self.units, self.questions = dict(units), tuple(questions)
        super().__init__(data, initial=self._shown(content or {}), use_required_attribute=False)
        if projects:
            _choice(self, "project").choices = list(projects)
        else:
            del self.fields["project"]
        for place, (code, unit) in enumerate(units.items()):
            label = unit_label(code, unit)
            for side, words in (("minimum", "Useful minimum"), ("ask", "Requested")):
                self.fields[f"{side}_{place}"] = forms.CharField(
                    required=False,
                    label=f"{words}, {label}",
                    widget=forms.TextInput(
                        attrs={"class": "amount", "inputmode": "decimal", "autocomplete": "off"}
                    ),
                )
        for place, question in enumerate(self.questions):
            self.fields[f"answer_{place}"] = _field_of(question)

    def _shown(self, content: Mapping[str, str]) -> dict[str, Any]:
        shown: dict[str, Any] = {name: content.get(name, "") for name in TYPED}
        for place, code in enumerate(self.units):
            shown[f"minimum_{place}"] = content.get(f"{MINIMUM}{code}", "")
            shown[f"ask_{place}"] = content.get(f"{ASK}{code}", "")
        for place, question in enumerate(self.questions):
            text = content.get(f"{ANSWER}{question.id}", "")
            box = question.kind is Answer.CHECKBOX
            shown[f"answer_{place}"] = text == CHECKED if box else text
        shown["project"] = content.get("project", "")
        return shown

    def amounts(self) -> list[Amounts]:
        """Lists the pairs of amount fields in the order of the pool."""
        return [
            Amounts(
                resource=resource_label(code),
                unit=unit_label(code, unit),
                minimum=self[f"minimum_{place}"],
                ask=self[f"ask_{place}"],
            )
            for place, (code, unit) in enumerate(self.units.items())
        ]

    def asked(self) -> list[Asked]:
        """Lists the call's questions with their fields."""
        return [
            Asked(
                question=question,
                field=self[f"answer_{place}"],
                is_box=question.kind is Answer.CHECKBOX,
            )
            for place, question in enumerate(self.questions)
        ]

    def content(self) -> dict[str, str]:
        """Gives what was typed under the names by which it is kept; fields that were not sent are left out."""
        sent = {name: name for name in TYPED}
        for place, code in enumerate(self.units):
            sent[f"minimum_{place}"], sent[f"ask_{place}"] = f"{MINIMUM}{code}", f"{ASK}{code}"
        boxes = set()
        for place, question in enumerate(self.questions):
            sent[f"answer_{place}"] = f"{ANSWER}{question.id}"
            if question.kind is Answer.CHECKBOX:
                boxes.add(f"answer_{place}")
        found = {kept: self.data[name] for name, kept in sent.items() if name in self.data}
        if "title" in self.data:  # the page was sent whole, so that a box not sent is not ticked
            found |= {sent[name]: CHECKED if self.data.get(name) else "" for name in boxes}
        return {name: str(text) for name, text in found.items()}

    def page_names(self) -> dict[str, str]:
        """Maps the names by which things are kept to those of the page's fields."""
        names = {name: name for name in TYPED}
        for place, code in enumerate(self.units):
            names[f"{MINIMUM}{code}"], names[f"{ASK}{code}"] = f"minimum_{place}", f"ask_{place}"
        for place, question in enumerate(self.questions):
            names[f"{ANSWER}{question.id}"] = f"answer_{place}"
        return names

    def label_of(self, kept: str) -> str:
        """Names a field as the page does."""
        field = self.fields.get(self.page_names().get(kept, ""))
        return str(field.label) if field else kept

    def clean(self) -> dict[str, Any]:
        """Puts each fault of the amounts and answers beside its field."""
        cleaned = super().clean() or {}
        for place, unit in enumerate(self.units.values()):
            low, high = (self._read(f"{side}_{place}", unit) for side in ("minimum", "ask"))
            if low is None or high is None or (low == 0 and high == 0):
                continue
            if low == 0:
                self.add_error(f"minimum_{place}", "Give the smallest amount that would be useful.")
            elif low > high:
                self.add_error(f"minimum_{place}", "The minimum is above what you ask for.")
        typed = self.content()
        for place, question in enumerate(self.questions):
            if fault := fault_of(question, typed.get(f"{ANSWER}{question.id}", "")):
                self.add_error(f"answer_{place}", fault)
        return cleaned

    def _read(self, name: str, unit: DisplayUnit) -> int | None:
        text = (self.cleaned_data.get(name) or "").strip()
        if not text:
            return 0
        try:
            return parse_quantity(text, unit)
        except NotAQuantity as fault:
            self.add_error(name, f"This is {fault.what}. {fault.remedy}.")
            return None


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no choice")
    return field


def _field_of(question: Question) -> forms.Field:
    match question.kind:
        case Answer.CHECKBOX:
            return forms.BooleanField(required=False, label=question.label, help_text=question.help)
        case Answer.CHOICE:
            choices = [("", "Choose"), *((one, one) for one in question.choices)]
            return forms.ChoiceField(
                required=False, label=question.label, help_text=question.help, choices=choices
            )
        case Answer.NUMBER:
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            return forms.CharField(
                required=False, label=question.label, help_text=question.help, widget=widget
            )
        case Answer.TEXT:
            most = MOST_CHARACTERS if question.most is None else int(question.most)
            area = forms.Textarea(attrs={"rows": 3 if most > 200 else 1, "maxlength": most})
            return forms.CharField(
                required=False, label=question.label, help_text=question.help, widget=area
            )
