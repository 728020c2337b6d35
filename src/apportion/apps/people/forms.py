"""Signing in, and saying what ties one to others."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from apportion.apps.people.queries import Role
from apportion.apps.people.tokens import SCOPES


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


class TokenForm(forms.Form):
    """A token for a program: what it is for, what it may reach, for how long."""

    name = forms.CharField(
        max_length=80, label="What is it for?", help_text="A notebook, a cron job."
    )
    reach = forms.ChoiceField(
        label="What may it do?",
        choices=[(one, one) for one in SCOPES],
        initial="all:read",
        help_text="read looks, write acts as well; all is every part of the office.",
    )
    days = forms.IntegerField(min_value=1, max_value=3650, initial=30, label="For how many days?")


class LendForm(forms.Form):
    """Roles lent to somebody for some days."""

    taker = forms.CharField(max_length=150, label="To whom?", help_text="Their sign-in name.")
    why = forms.CharField(max_length=200, label="Why?", help_text="A journey, a parental leave.")
    days = forms.IntegerField(min_value=1, max_value=92, initial=14, label="For how many days?")


class GroupForm(forms.Form):
    """A group of the directory and the role that it stands for."""

    group = forms.CharField(max_length=191, label="Group", help_text="As the directory names it.")
    kind = forms.ChoiceField(choices=Role.Kind.choices, label="Role")
