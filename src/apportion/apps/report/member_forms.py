"""Forms that bring people into a project and cap their use."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

DATE = forms.DateInput(attrs={"type": "date"})
Choice = tuple[str, str]


class BringInForm(forms.Form):
    """Somebody who shall work on a project."""

    username = forms.CharField(max_length=150, label="Who is it?", help_text="Their sign-in name.")


class CapForm(forms.Form):
    """How much a member may ever use of one resource."""

    username = forms.ChoiceField(label="Whose")
    resource = forms.ChoiceField(label="Of which resource")
    amount = forms.CharField(
        label="At most",
        required=False,
        max_length=40,
        help_text="All that their jobs ever use counts. 0 lets nothing start; empty is no cap.",
    )
    until = forms.DateField(
        label="Until which day", required=False, widget=DATE, help_text="Empty: it stays."
    )

    def __init__(
        self, *args: Any, people: Sequence[Choice], units: dict[str, DisplayUnit], **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self._units = units
        self.fields["username"].choices = people  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["resource"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (code, f"{code}, in {unit}s") for code, unit in sorted(units.items())
        ]

    def clean(self) -> dict[str, Any]:
        """Reads the amount in the resource's unit; none where nothing was written."""
        given = super().clean() or {}
        unit = self._units.get(given.get("resource", ""), DisplayUnit.HOUR)
        given["size"] = None
        if text := (given.get("amount") or "").strip():
            try:
                given["size"] = parse_quantity(text, unit=unit)
            except NotAQuantity as error:
                self.add_error("amount", str(error))
        return given
