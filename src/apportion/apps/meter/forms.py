"""Forms of the metering page: who pays, and where a difference comes from."""

from django import forms

LONGEST_ACCOUNT, LONGEST_REASON = 120, 280


class AttributeForm(forms.Form):
    """Gives an account of the scheduler to a project."""

    account = forms.CharField(max_length=LONGEST_ACCOUNT)
    project = forms.CharField(max_length=60)


class ExplainForm(forms.Form):
    """Says where the difference of an account on a day comes from."""

    cluster = forms.CharField(max_length=60)
    day = forms.DateField()
    account = forms.CharField(max_length=LONGEST_ACCOUNT)
    reason = forms.CharField(max_length=LONGEST_REASON)
