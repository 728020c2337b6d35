"""A claim as a form: which areas count, of which resource and period, against which share."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms

from apportion.apps.rounds.wording import resource_label
from apportion.core.claims.claim import ALL, Claim, Comparison, Definition, Measure
from apportion.core.claims.months import months_of

HALF = Decimal("0.5")
MEASURES = {
    Measure.DELIVERED: "Hours that ran",
    Measure.AWARDED: "Hours that were awarded",
    Measure.CHARGED: "Credits that were charged",
}
UNKNOWN = "Write a year, a quarter or a month: 2026, 2026-Q1 or 2026-03."


class ClaimForm(forms.Form):
    """What somebody says about shares; the choices are those of the record."""

    counts = forms.MultipleChoiceField(label="Counted", widget=forms.CheckboxSelectMultiple)
    resource = forms.ChoiceField(label="Resource")
    period = forms.CharField(max_length=7, label="Period", help_text="2026, 2026-Q1 or 2026-03")
    measure = forms.ChoiceField(
        label="What is added up", choices=[(one.value, MEASURES[one]) for one in Measure]
    )
    comparison = forms.ChoiceField(
        label="Said to be", choices=[(one.value, one.value.capitalize()) for one in Comparison]
    )
    limit = forms.DecimalField(
        label="Share", min_value=0, max_value=1, max_digits=7, decimal_places=6
    )

    def __init__(self, data: Any = None, *, record: Mapping[str, Any]) -> None:
        self._areas = {area["id"]: area["name"] for area in record["areas"]}
        months = [row["month"] for row in (*record["metering"], *record["use"])]
        last = max(months, default="")
        start = {
            "counts": [area["id"] for area in record["areas"] if not area["flagship"]],
            "resource": "gpu",
            "period": f"{last[:4]}-Q{(int(last[5:]) + 2) // 3}" if last else "",
            "measure": Measure.DELIVERED.value,
            "comparison": Comparison.OVER.value,
            "limit": HALF,
        }
        super().__init__(data, initial=start)
        resources = sorted({row["resource"] for row in (*record["use"], *record["metering"])})
        kinds = sorted({one.partition(":")[0] for one in resources} - set(resources))
        self.fields["counts"] = forms.MultipleChoiceField(
            label="Counted",
            choices=list(self._areas.items()),
            widget=forms.CheckboxSelectMultiple,
            initial=start["counts"],
        )
        self.fields["resource"] = forms.ChoiceField(
            label="Resource", choices=[(one, _told(one)) for one in (*kinds, *resources, ALL)]
        )

    def clean_period(self) -> str:
        """Takes whole months alone."""
        period: str = self.cleaned_data["period"].strip()
        if not months_of(period):
            raise forms.ValidationError(UNKNOWN)
        return period

    def clean(self) -> dict[str, Any]:
        """Different resources add up only as what is charged for them."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("resource") == ALL and data.get("measure") != Measure.CHARGED:
            self.add_error("resource", "Different resources add up only where measure is charged.")
        return data

    def claim(self) -> Claim:
        """Gives the claim of a valid form; each counted area left out is shown beside it."""
        data = self.cleaned_data
        counted = tuple(data["counts"])
        names = ", ".join(self._areas[area] for area in counted)
        limit = Fraction(data["limit"])
        return Claim(
            statement=f"{names}: {data['comparison']} {limit} of {data['resource']} "
            f"{data['measure']} in {data['period']}",
            resource=data["resource"],
            period=data["period"],
            measure=Measure(data["measure"]),
            comparison=Comparison(data["comparison"]),
            limit=limit,
            counts=Definition(name=names, counted=counted),
            alternatives=tuple(
                Definition(
                    name=f"Without {self._areas[one]}",
                    counted=tuple(area for area in counted if area != one),
                )
                for one in counted
                if len(counted) > 1
            ),
        )


def _told(resource: str) -> str:
    """Names a resource, a kind of them, or all."""
    if resource == ALL:
        return "Everything, in credits"
    name = resource_label(resource)
    return name if ":" in resource else f"Every {name.upper() if len(name) < 5 else name}"
