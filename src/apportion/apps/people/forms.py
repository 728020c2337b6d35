"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Name and password, with one message for all that may be wrong."""

    error_messages = {
        "invalid_login": "That name and password do not belong together.",
        "inactive": "This account is closed. Ask the operator.",
    }
