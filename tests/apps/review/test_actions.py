"""Reviewers write opinions; nobody judges in their own cause."""

from fractions import Fraction

import pytest

from apportion.apps.apply.actions import Wish, add_member, save_draft, start_project, submit_request
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import (
    assign_reviewer,
    declare_conflict,
    decline_opinion,
    save_draft_opinion,
    write_opinion,
)
from apportion.apps.review.models import Conflict
from apportion.apps.review.queries import panel_scores
from apportion.apps.rounds.queries import find_area
from apportion.core.refusals import Code, Refused
from tests.apps.small_lab import GPU, HOUR, NOW, file_request


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


def test_the_panel_score_is_the_exact_mean(folk, spring):
    request = file_request(spring, folk["ann"], "p")
    for name, score in (("r1", 700), ("r2", 800), ("r3", 850)):
        reviewer = add_person(username=name, name=name, roles=["reviewer"])
        write_opinion(request=request, by=reviewer, score_hundredths=score, now=NOW)
    assert panel_scores("spring") == {request.ref: Fraction(2350, 300)}


def test_an_opinion_can_be_written_again_until_the_decision(folk, spring):
    request = file_request(spring, folk["ann"], "p", score=5, reviewer=folk["rev"])
    write_opinion(request=request, by=folk["rev"], score_hundredths=900, now=NOW)
    assert panel_scores("spring")[request.ref] == 9


@pytest.mark.parametrize("score", [0, 99, 1001, 65_536])
def test_a_score_off_the_scale_is_refused(folk, spring, score):
    request = file_request(spring, folk["ann"], "p")
    with pytest.raises(Refused) as error:
        write_opinion(request=request, by=folk["rev"], score_hundredths=score, now=NOW)
    assert codes(error) == [Code.OUT_OF_RANGE]


def test_a_member_of_the_project_may_not_judge_it(folk, spring):
    request = file_request(spring, folk["ann"], "p")
    add_member(project=request.project, person=folk["rev"])
    for act in (
        lambda: assign_reviewer(request=request, reviewer=folk["rev"], now=NOW),
        lambda: write_opinion(request=request, by=folk["rev"], score_hundredths=1000, now=NOW),
    ):
        with pytest.raises(Refused) as error:
            act()
        assert codes(error) == [Code.CONFLICT_OF_INTEREST]


def test_a_lead_who_also_reviews_may_not_judge_the_own_request(folk, spring):
    both = add_person(username="both", name="Both", roles=["researcher", "reviewer"])
    project = start_project(
        slug="own", title="Own", area=find_area("assistant"), lead=both, now=NOW
    )
    wish = Wish(title="Own", question="?", amounts={GPU: (HOUR, HOUR)})
    draft = save_draft(round_row=spring, project=project, wish=wish, by=both, now=NOW)
    request = submit_request(row=draft, by=both, now=NOW)
    with pytest.raises(Refused) as error:
        write_opinion(request=request, by=both, score_hundredths=1000, now=NOW)
    assert codes(error) == [Code.CONFLICT_OF_INTEREST]


def test_a_declared_conflict_takes_the_opinion_out(folk, spring):
    request = file_request(spring, folk["ann"], "p", score=10, reviewer=folk["rev"])
    declare_conflict(request=request, by=folk["rev"], reason="We wrote a paper together", now=NOW)
    assert panel_scores("spring") == {}
    with pytest.raises(Refused) as error:
        write_opinion(request=request, by=folk["rev"], score_hundredths=500, now=NOW)
    assert codes(error) == [Code.CONFLICT_OF_INTEREST]


def test_only_reviewers_review(folk, spring):
    request = file_request(spring, folk["ann"], "p")
    for who in ("bob", "eve", "ops", "aud"):
        with pytest.raises(Refused) as error:
            write_opinion(request=request, by=folk[who], score_hundredths=500, now=NOW)
        assert codes(error) == [Code.NOT_ALLOWED]


def test_what_was_set_aside_is_neither_asked_for_nor_written_nor_declined_anew(folk, spring):
    request = file_request(spring, folk["ann"], "p", score=10, reviewer=folk["rev"])
    declare_conflict(request=request, by=folk["rev"], reason="We wrote a paper together", now=NOW)
    Conflict.objects.all().delete()  # as if the tie had ended
    more = {"request": request, "by": folk["rev"], "now": NOW}
    for act in (
        lambda: assign_reviewer(request=request, reviewer=folk["rev"], now=NOW),
        lambda: write_opinion(**more, score_hundredths=500),
        lambda: save_draft_opinion(**more, draft={"comment": "x"}, version=0),
        lambda: decline_opinion(**more, reason="No time"),
    ):
        with pytest.raises(Refused, match="set aside") as error:
            act()
        assert codes(error) == [Code.WRONG_STATE]
    assert panel_scores("spring") == {}
