"""Reviewers see what is theirs to read, write one opinion each, and step aside where they must."""

import pytest

from apportion.apps.review.actions import assign_reviewer, declare_conflict
from apportion.apps.review.models import Conflict, Opinion
from tests.apps.pages import heading, read, visit
from tests.apps.small_lab import NOW, file_request


@pytest.fixture
def alpha(folk, spring):
    row = file_request(spring, folk["ann"], "alpha")
    assign_reviewer(request=row, reviewer=folk["rev"], now=NOW)
    return row


def test_what_waits_is_counted_in_the_title_and_the_rail(client, folk, alpha):
    page = visit(client, folk["rev"], "/mine/reviews/")
    assert heading(page) == "1 request waits for your opinion."
    assert "To write" in read(page)


def test_an_opinion_is_written_and_can_be_changed(client, folk, alpha):
    path = f"/requests/{alpha.ref}/opinion/"
    visit(client, folk["rev"], path, score="7", comment="Clear.", minimum_percent="40")
    opinion = Opinion.objects.get()
    assert (opinion.score_hundredths, opinion.minimum_percent) == (700, 40)
    visit(client, folk["rev"], path, score="9", comment="Clearer.")
    assert Opinion.objects.get().score_hundredths == 900
    assert (
        heading(client.get("/mine/reviews/")) == "You have read everything that is yours to read."
    )


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"score": "11"}, "Select a valid choice"),
        ({"comment": "no score"}, "This field is required."),
        ({"score": "5", "minimum_percent": "101"}, "less than or equal to 100"),
    ],
)
def test_a_faulty_opinion_is_told_and_not_kept(client, folk, alpha, sent, told):
    response = visit(client, folk["rev"], f"/requests/{alpha.ref}/opinion/", **sent)
    assert told in read(response)
    assert Opinion.objects.get().written_at is None


def test_a_declared_conflict_takes_the_request_away(client, folk, alpha):
    visit(client, folk["rev"], f"/requests/{alpha.ref}/conflict/", reason="We share a project")
    assert Conflict.objects.get().reason == "We share a project"
    assert Opinion.objects.get().set_aside_why == "declared: We share a project"
    assert heading(client.get("/mine/reviews/")) == "Nothing is yours to read yet."


def test_a_conflict_without_a_reason_is_refused(client, folk, alpha):
    response = visit(client, folk["rev"], f"/requests/{alpha.ref}/conflict/", reason=" ")
    assert response.status_code == 422
    assert Conflict.objects.count() == 0


def test_who_has_a_stake_finds_no_form_and_is_refused_where_one_is_sent(client, folk, alpha):
    declare_conflict(request=alpha, by=folk["rev"], reason="kin", now=NOW)
    path = f"/requests/{alpha.ref}/opinion/"
    assert "You have a stake in this request" in read(visit(client, folk["rev"], path))
    response = visit(client, folk["rev"], path, score="10")
    assert response.status_code == 422
    assert Opinion.objects.get().written_at is None
