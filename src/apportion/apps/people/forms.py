"""Signing in, and saying what ties one to others."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Name and password, with one message for all that may be wrong."""

    error_messages = {
        "invalid_login": "That name and password do not belong together.",
        "inactive": "This account is closed. Ask the operator.",
    }


class ClosenessForm(forms.Form):
    """A tie to somebody, in a few words."""

    about = forms.CharField(
        max_length=150, label="Who is it?", help_text="Their sign-in name.", strip=True
    )
    ground = forms.CharField(
        max_length=200,
        label="What ties you?",
        help_text="Kin, adviser, a company held together: a few words will do.",
    )


class WorkForm(forms.Form):
    """Something written together."""

    other = forms.CharField(max_length=150, label="With whom?", help_text="Their sign-in name.")
    year = forms.IntegerField(min_value=1900, max_value=2200, label="Year")
    title = forms.CharField(max_length=200, required=False, label="What was it?")
