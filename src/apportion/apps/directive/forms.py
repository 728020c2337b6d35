"""The form that takes the terms of a directive."""

from django import forms

LONGEST_TERMS = 20_000


class TermsForm(forms.Form):
    """The text of a directive.toml."""

    toml = forms.CharField(
        label="Terms, as directive.toml",
        max_length=LONGEST_TERMS,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
    )
