"""What the page of prices takes."""

from django import forms


class RatesForm(forms.Form):
    """A rates.toml and the day from which it holds."""

    starts_on = forms.DateField(
        label="First UTC day", widget=forms.DateInput(attrs={"type": "date"})
    )
    toml = forms.CharField(
        label="rates.toml",
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
    )
