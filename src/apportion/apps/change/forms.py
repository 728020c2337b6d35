"""Forms that take an ask, an answer, a notice, a reply and a report."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms

from apportion.core.change.asking import What
from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

LONGEST = 4_000
DATE = forms.DateInput(attrs={"type": "date"})


class AskForm(forms.Form):
    """What is asked of one project's credits."""

    what = forms.ChoiceField(
        label="What changes",
        choices=[
            (What.SUPPLEMENT.value, "Supplement: more, in this period"),
            (What.EXTENSION.value, "Extension: the same, for longer"),
            (What.TRANSFER.value, "Transfer: some of it to another project"),
            (What.ADVANCE.value, "Advance: some of the next round, now"),
            (What.RETURN.value, "Return: what will not be needed, back to the pool"),
        ],
    )
    resource = forms.ChoiceField(label="Of which resource")
    amount = forms.CharField(
        label="How much", required=False, help_text="An extension needs none.", max_length=40
    )
    other = forms.CharField(
        label="To which project", required=False, help_text="Of a transfer.", max_length=60
    )
    until = forms.DateField(
        label="Until which day", required=False, widget=DATE, help_text="Of an extension."
    )
    why = forms.CharField(label="Why", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, units: dict[str, DisplayUnit], **given: Any) -> None:
        super().__init__(*args, **given)
        self._units = units
        self.fields["resource"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (code, f"{code}, in {unit}s") for code, unit in sorted(units.items())
        ]

    def clean(self) -> dict[str, Any]:
        """Reads the amount in the resource's unit."""
        given = super().clean() or {}
        unit = self._units.get(given.get("resource", ""), DisplayUnit.HOUR)
        given["size"] = 0
        if given.get("amount"):
            try:
                given["size"] = parse_quantity(given["amount"], unit=unit)
            except NotAQuantity as error:
                self.add_error("amount", str(error))
        return given


class AnswerForm(forms.Form):
    """Why an ask is granted or not."""

    why = forms.CharField(
        label="Why, and what would make it possible",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoticeForm(forms.Form):
    """The end of a project, announced."""

    reason = forms.CharField(
        label="Why it ends", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    last = forms.DateField(label="Its last day", widget=DATE)


class ReplyForm(forms.Form):
    """What the project says to a notice."""

    words = forms.CharField(
        label="Your reply", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )


class HastenForm(forms.Form):
    """An earlier last day."""

    last = forms.DateField(label="An earlier last day", widget=DATE)


class ReportForm(forms.Form):
    """A progress report."""

    done = forms.CharField(
        label="What was found out, or built",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    outcomes = forms.CharField(
        label="Papers, models, data sets",
        required=False,
        max_length=20_000,
        help_text="One a line.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    coming = forms.CharField(
        label="What comes next",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def first_instant(day: Any) -> datetime:
    """Takes a day as its first instant in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)
