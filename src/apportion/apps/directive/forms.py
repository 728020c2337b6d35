"""The form that takes the terms of a directive."""

from typing import Any

from django import forms

from apportion.apps.directive.drills import Drill
from apportion.core.simulate.policy import Order
from apportion.core.simulate.trace import MOST_PROCS

LONGEST_TERMS = 20_000


class TermsForm(forms.Form):
    """The text of a directive.toml."""

    toml = forms.CharField(
        label="Terms, as directive.toml",
        max_length=LONGEST_TERMS,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
    )


class DrillForm(forms.Form):
    """What is tried on which jobs; read from the address, so that an answer can be passed on."""

    trace = forms.ChoiceField(label="Jobs to replay")
    group = forms.CharField(
        label="Who borrows",
        max_length=120,
        help_text="An area, or a group of the trace, written as it stands there.",
    )
    share = forms.IntegerField(
        label="Part of the pool lent to it, in %", min_value=1, max_value=100, initial=30
    )
    days = forms.IntegerField(label="For how many days", min_value=1, max_value=366, initial=21)
    mode = forms.ChoiceField(
        label="Running jobs",
        choices=[("drain", "run to their end"), ("preempt", "are stopped")],
        initial="drain",
    )
    finish_days = forms.IntegerField(
        label="Its jobs should have ended so many days after the end",
        min_value=0,
        max_value=366,
        required=False,
        help_text="Empty: no date. Otherwise the smallest loan that meets it is looked for.",
    )
    leave = forms.IntegerField(
        label="Part of its quota that it leaves until paid back, in %",
        min_value=1,
        max_value=100,
        initial=50,
    )
    policy = forms.ChoiceField(
        label="Order of the queue",
        choices=[(one.value, one.value) for one in Order],
        initial=Order.FAIR_SHARE.value,
    )
    procs = forms.IntegerField(
        label="GPUs or processors of the cluster",
        min_value=1,
        max_value=MOST_PROCS,
        required=False,
        help_text="Empty: as the site describes its cluster.",
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["trace"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def drill(self) -> Drill:
        """Gives what was asked, once it is valid."""
        held = self.cleaned_data
        return Drill(
            trace=held["trace"],
            group=held["group"].strip(),
            share=held["share"],
            days=held["days"],
            preempt=held["mode"] == "preempt",
            finish_days=held["finish_days"],
            leave=held["leave"],
            policy=Order(held["policy"]),
            procs=held["procs"],
        )
