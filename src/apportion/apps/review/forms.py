"""What a reviewer, an applicant and a chair write."""

from collections.abc import Mapping
from typing import Any

from django import forms

from apportion.core.review.terms import HIGH, LOW, Rubric

POINTS = tuple((str(p), str(p)) for p in range(LOW // 100, HIGH // 100 + 1))
MARK = "mark_"


class OpinionForm(forms.Form):
    """Marks or a score, why, and the reviewer's own estimate of the smallest useful amount."""

    comment = forms.CharField(
        required=False,
        max_length=4000,
        label="Why",
        help_text="The board reads it; the applicant does too, before the decision.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    minimum_percent = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        label="How much of the ask is the smallest useful amount?",
        help_text="In per cent; leave it empty if you cannot tell.",
    )

    def __init__(self, *args: Any, rubric: Rubric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rubric = rubric
        if not rubric.criteria:
            self.fields["score"] = forms.ChoiceField(
                choices=POINTS,
                widget=forms.RadioSelect,
                label="Score",
                help_text="1: we would learn nothing. 10: it changes what we do next.",
            )
        for one in rubric.criteria:
            self.fields[MARK + one.id] = forms.ChoiceField(
                choices=[(str(mark), str(mark)) for mark in rubric.marks()],
                widget=forms.RadioSelect,
                label=one.name,
                help_text=" ".join(f"{mark}: {words}" for mark, words in one.anchors.items()),
            )
        self.order_fields([name for name in self.fields if name == "score" or MARK in name])

    def scales(self) -> list[Any]:
        """Lists the fields that are marked on a scale."""
        return [self[name] for name in self.fields if name == "score" or name.startswith(MARK)]

    def score_hundredths(self) -> int | None:
        """Gives the score in hundredths of a point, where there is no rubric."""
        return None if self._rubric.criteria else int(self.cleaned_data["score"]) * 100

    def marks(self) -> dict[str, int]:
        """Gives the marks by criterion."""
        return {one.id: int(self.cleaned_data[MARK + one.id]) for one in self._rubric.criteria}

    def typed(self, data: Mapping[str, str]) -> dict[str, str]:
        """Takes out of what was sent what is this form's, checked by nothing: it is a draft."""
        return {name: data[name] for name in self.fields if data.get(name)}


class ConflictForm(forms.Form):
    """A stake, in a few words."""

    reason = forms.CharField(max_length=200, label="What is your stake in it?")


class DeclineForm(forms.Form):
    """Why somebody else should read it, where there is no stake."""

    reason = forms.CharField(max_length=200, label="Why can you not read it?")


class ReplyForm(forms.Form):
    """What an applicant says to the opinions."""

    text = forms.CharField(
        max_length=4000,
        label="Your reply",
        help_text="The panel reads it before the decision. You can reply once.",
        widget=forms.Textarea(attrs={"rows": 8, "data-count": "reply-count"}),
    )


class ExpertiseForm(forms.Form):
    """What a reviewer knows about."""

    keywords = forms.CharField(
        required=False,
        max_length=2000,
        label="What do you know about?",
        help_text="Words, joined by commas: they decide with what you read before.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    areas = forms.MultipleChoiceField(
        required=False, label="Areas", widget=forms.CheckboxSelectMultiple
    )
    most = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=500,
        label="How many requests of one round can you read?",
        help_text="Empty: as many as the round's policy says.",
    )

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].choices = areas  # type: ignore[attr-defined]  # a choice field
