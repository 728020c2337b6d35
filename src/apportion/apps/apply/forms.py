"""What an author writes: a claim, two numbers per resource, and what the smaller one drops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from apportion.apps.apply.actions import Wish
from apportion.apps.rounds.wording import resource_label, unit_label
from apportion.core.apply.draft import QUESTION_CHARACTERS
from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

NEW_PROJECT = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The two fields of one resource, for the template."""

    resource: str
    unit: str
    minimum: forms.BoundField
    ask: forms.BoundField


class RequestForm(forms.Form):
    """A request as a page; the amounts are one pair of fields per resource of the pool."""

    title = forms.CharField(max_length=160, label="A short name for it")
    question = forms.CharField(
        max_length=QUESTION_CHARACTERS,
        label="What will you find out?",
        widget=forms.Textarea(attrs={"rows": 2, "class": "claim", "data-count": "question-count"}),
    )
    project = forms.ChoiceField(required=False, label="Project")
    new_project = forms.CharField(required=False, max_length=160, label="Name of the new project")
    area = forms.ChoiceField(required=False, label="Area of the new project")
    if_minimum = forms.CharField(
        required=False, max_length=400, label="If you only get the minimum, what do you drop?"
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        projects: Sequence[tuple[str, str]],
        areas: Sequence[tuple[str, str]],
        units: Mapping[str, DisplayUnit],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), use_required_attribute=False)
        self.units = dict(units)
        self._choices("project").choices = [*projects, (NEW_PROJECT, "Start a new project")]
        self._choices("area").choices = list(areas)
        for place, (code, unit) in enumerate(units.items()):
            label = unit_label(code, unit)
            for side, words in (("minimum", "Useful minimum"), ("ask", "Requested")):
                self.fields[f"{side}_{place}"] = forms.CharField(
                    required=False,
                    label=f"{words}, {label}",
                    widget=forms.NumberInput(attrs={"class": "amount", "min": 0, "step": "any"}),
                )

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(f"{name} is no choice")
        return field

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

    def clean(self) -> dict[str, Any]:
        """Reads the amounts exactly, and demands a name where the project is new."""
        cleaned = super().clean() or {}
        found = {}
        for place, (code, unit) in enumerate(self.units.items()):
            low, high = (self._read(f"{side}_{place}", unit) for side in ("minimum", "ask"))
            if low is None or high is None or (low == 0 and high == 0):
                continue
            if low == 0:
                self.add_error(f"minimum_{place}", "Give the smallest amount that would be useful.")
            elif low > high:
                self.add_error(f"minimum_{place}", "The minimum is above what you ask for.")
            else:
                found[code] = (low, high)
        cleaned["amounts"] = found
        if cleaned.get("project") == NEW_PROJECT and not cleaned.get("new_project", "").strip():
            self.add_error("new_project", "Give the new project a name, or choose one above.")
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

    def wish(self) -> Wish:
        """Gives what the author wants, in base units."""
        written = self.cleaned_data
        return Wish(
            title=written["title"],
            question=written["question"],
            amounts=written["amounts"],
            if_minimum=written["if_minimum"],
        )
