"""Forms that take what somebody wants to be told of, and a new webhook or room."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apportion.apps.notice.queries import Setting

WORDS = {"now": "At once", "daily": "Once a day", "off": "Never"}


class ChoicesForm(forms.Form):
    """How soon, where and at which hour somebody is told."""

    address = forms.CharField(
        label="Mail goes to",
        required=False,
        max_length=254,
        help_text="Empty: the address of your account.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    hour = forms.TypedChoiceField(
        label="Hour of the digest",
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )

    def __init__(self, *args: Any, known: Sequence[Setting], **given: Any) -> None:
        super().__init__(*args, **given)
        self._abouts = [one.about for one in known]
        for one in known:
            self.fields[one.about] = forms.ChoiceField(
                label=one.words,
                initial=one.pace,
                choices=[(pace, WORDS[pace]) for pace in one.may],
            )

    def paces(self) -> dict[str, str]:
        """Gives what was chosen, by what it is about."""
        return {about: self.cleaned_data[about] for about in self._abouts}


class EndpointForm(forms.Form):
    """A webhook or a chat room."""

    name = forms.SlugField(label="Name", max_length=40)
    kind = forms.ChoiceField(
        label="Kind", choices=[("webhook", "Webhook, signed"), ("chat", "Chat room, by its URL")]
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="https://… of a webhook; slack://…, mmosts://…, msteams://… of a room.",
    )
    topics = forms.CharField(
        label="Topics",
        required=False,
        max_length=200,
        help_text="Some of decision, appeal, change, winddown, directive, alert; empty: all.",
    )
