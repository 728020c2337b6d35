"""Forms that plan a round, and open an urgent one."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms

from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

LONGEST_POLICY = 200_000
DAY = forms.DateInput(attrs={"type": "date"})


class PlanForm(forms.Form):
    """A round: its policy, and its days."""

    slug = forms.SlugField(
        label="A short name", max_length=60, help_text="It stands in addresses and commands."
    )
    name = forms.CharField(
        label="Its title", required=False, max_length=110, help_text="Else the policy's own."
    )
    policy = forms.CharField(
        label="Its policy, a round.toml",
        max_length=LONGEST_POLICY,
        widget=forms.Textarea(attrs={"rows": 14, "class": "m", "spellcheck": "false"}),
        strip=False,
    )
    opens = forms.DateField(
        label="Requests open", required=False, widget=DAY, help_text="Left empty: now."
    )
    close = forms.DateField(label="Requests close", widget=DAY)
    decide = forms.DateField(label="Decision meeting", widget=DAY)
    start = forms.DateField(label="Credits start", widget=DAY)
    end = forms.DateField(label="Credits end", widget=DAY)

    def days(self) -> dict[str, datetime]:
        """Gives the dates that every round has, each as its first instant in UTC."""
        names = ("close", "decide", "start", "end")
        return {name: first_instant(self.cleaned_data[name]) for name in names}


class UrgentForm(forms.Form):
    """A round of one: whose rules hold, why it cannot wait, and what it may give."""

    slug = forms.SlugField(label="A short name", max_length=60)
    like = forms.ChoiceField(label="Under the rules of")
    why = forms.CharField(
        label="Why it cannot wait", max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    resource = forms.ChoiceField(label="Of which resource")
    amount = forms.CharField(label="How much it may give", max_length=40)
    days = forms.IntegerField(
        label="Days until it is decided", min_value=1, max_value=30, initial=3
    )

    def __init__(
        self, *args: Any, rounds: list[tuple[str, str]], units: dict[str, DisplayUnit], **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self._units = units
        fields: dict[str, Any] = self.fields
        fields["like"].choices = rounds
        fields["resource"].choices = [(code, f"{code}, in {unit}s") for code, unit in units.items()]

    def clean(self) -> dict[str, Any]:
        """Reads the amount in the resource's unit."""
        given = super().clean() or {}
        unit = self._units.get(given.get("resource", ""))
        if unit is not None and given.get("amount"):
            try:
                given["pool"] = {given["resource"]: parse_quantity(given["amount"], unit)}
            except NotAQuantity as error:
                self.add_error("amount", str(error))
        return given


def first_instant(day: date) -> datetime:
    """Gives the instant at which a day begins in UTC."""
    return datetime.combine(day, time.min, UTC)
