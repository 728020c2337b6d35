"""What a reviewer writes."""

from django import forms

from apportion.core.review import SCALE_HUNDREDTHS

POINTS = tuple(
    (str(p), str(p)) for p in range(SCALE_HUNDREDTHS[0] // 100, SCALE_HUNDREDTHS[1] // 100 + 1)
)


class OpinionForm(forms.Form):
    """A score, why, and the reviewer's own estimate of the smallest useful amount."""

    score = forms.ChoiceField(choices=POINTS, widget=forms.RadioSelect, label="Score")
    comment = forms.CharField(
        required=False,
        max_length=4000,
        label="Why",
        help_text="The board reads it; the author does too, without your name.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    minimum_percent = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        label="How much of the ask is the smallest useful amount?",
        help_text="In per cent; leave it empty if you cannot tell.",
    )

    def score_hundredths(self) -> int:
        """Gives the score in hundredths of a point."""
        return int(self.cleaned_data["score"]) * 100


class ConflictForm(forms.Form):
    """A stake, in a few words."""

    reason = forms.CharField(max_length=200, label="What is your stake in it?")
