"""Forms that take an appeal and a ruling."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms

from apportion.core.appeal.life import MEANS, RULINGS, Changed
from apportion.core.units import DisplayUnit, NotAQuantity, parse_decimal, parse_quantity

LONGEST = 10_000
Held = Mapping[str, tuple[DisplayUnit, int, int]]  # unit, minimum and ask by resource


class FactsForm(forms.Form):
    """Amounts that should have stood otherwise; what is left empty stays as it was."""

    def __init__(self, *args: Any, held: Held, **given: Any) -> None:
        super().__init__(*args, **given)
        self._held = held
        for code, (unit, _, _) in sorted(held.items()):
            for part, word in (("minimum", "Useful minimum"), ("ask", "Ask")):
                self.fields[f"{part}.{code}"] = forms.CharField(
                    label=f"{word}, in {unit}s of {code}",
                    required=False,
                    max_length=40,
                    help_text="Leave it empty where it was right.",
                )

    def clean(self) -> dict[str, Any]:
        """Reads the amounts in their units."""
        given = super().clean() or {}
        parts: dict[str, dict[str, int]] = {"minimum": {}, "ask": {}}
        for part, amounts in parts.items():
            for code, (unit, _, _) in self._held.items():
                text = given.get(f"{part}.{code}") or ""
                if text.strip():
                    try:
                        amounts[code] = parse_quantity(text, unit=unit)
                    except NotAQuantity as error:
                        self.add_error(f"{part}.{code}", str(error))
        given["changed"] = Changed(minimum=parts["minimum"], ask=parts["ask"])
        return given


class AppealForm(FactsForm):
    """What was not right, on one of the grounds that there are."""

    ground = forms.ChoiceField(
        label="Ground", choices=[(ground.value, words) for ground, words in MEANS.items()]
    )
    words = forms.CharField(
        label="What was not right",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Those who decide read this, and so do the board and auditors.",
    )


class RulingForm(FactsForm):
    """What is ruled, why, and on which facts."""

    ruling = forms.ChoiceField(
        label="Ruling", choices=[(verb.value, word) for verb, word in RULINGS.items()]
    )
    percent = forms.CharField(
        label="Percent of the ask",
        required=False,
        max_length=20,
        help_text="Of what is upheld in part.",
    )
    score = forms.CharField(
        label="Panel score",
        required=False,
        max_length=20,
        help_text="Where an opinion no longer counts.",
    )
    reasons = forms.CharField(
        label="Reasons", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean(self) -> dict[str, Any]:
        """Reads the share and the score as exact numbers."""
        given = super().clean()
        given["share"] = self._number("percent", given) or Fraction(100)
        given["share"] /= 100
        score = self._number("score", given)
        changed: Changed = given["changed"]
        given["changed"] = Changed(minimum=changed.minimum, ask=changed.ask, score=score)
        return given

    def _number(self, name: str, given: Mapping[str, Any]) -> Fraction | None:
        text = (given.get(name) or "").strip()
        if not text:
            return None
        try:
            return Fraction(parse_decimal(text))
        except NotAQuantity as error:
            self.add_error(name, str(error))
            return None


class FileForm(forms.Form):
    """A file beside an appeal."""

    file = forms.FileField(label="Evidence, as a PDF, picture or text")
