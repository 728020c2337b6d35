"""Each person's home page says what waits for them, and only what does."""

import json
from datetime import timedelta

import pytest

from apportion.apps.apply.actions import Wish, save_draft, start_project
from apportion.apps.decide.models import Decision
from apportion.apps.inbox.actions import put_away
from apportion.apps.inbox.models import PutAway
from apportion.apps.inbox.queries import inbox_of, sources
from apportion.apps.people.ties import set_team
from apportion.apps.review.actions import assign_reviewer, write_opinion
from apportion.apps.review.chasing import advance_reviews
from apportion.apps.rounds.queries import find_area
from apportion.core.refusals import Code, Refused
from tests.apps.pages import HOSTILE, crowd, heading, read, visit
from tests.apps.small_lab import DATES, GPU, HOUR, NOW, file_request
from tests.office.test_cli import run


def kinds(person, now=NOW):
    return [one.kind for one in inbox_of(person, now=now)]


@pytest.fixture
def alpha(folk, spring):
    row = file_request(spring, folk["ann"], "alpha")
    assign_reviewer(request=row, reviewer=folk["rev"], now=NOW)
    return row


def test_every_app_that_has_something_that_waits_is_asked():
    names = {source.__module__.split(".")[2] for source in sources()}
    assert {"apply", "review", "decide", "directive"} <= names


def test_a_draft_waits_until_the_round_takes_no_more(folk, spring):
    project = start_project(
        slug="p", title="P", area=find_area("assistant"), lead=folk["ann"], now=NOW
    )
    wish = Wish(title=HOSTILE, question="?", amounts={GPU: (HOUR, HOUR)})
    save_draft(round_row=spring, project=project, wish=wish, by=folk["ann"], now=NOW)
    assert kinds(folk["ann"]) == ["draft"]
    assert kinds(folk["bob"]) == []
    assert kinds(folk["ann"], DATES.requests_close_at) == []


def test_an_opinion_waits_until_it_is_given(client, folk, alpha):
    assert kinds(folk["rev"]) == ["review"]
    late = DATES.reviews_due_at + timedelta(hours=1)
    assert inbox_of(folk["rev"], now=late)[0].due_at < late
    write_opinion(request=alpha, by=folk["rev"], score_hundredths=800, now=NOW)
    assert kinds(folk["rev"]) == []
    assert kinds(folk["ann"]) == []
    assert kinds(folk["ann"], DATES.reviews_due_at) == ["reply"]


def test_a_chair_hears_once_of_each_thing_and_again_of_a_new_one(folk, alpha):
    set_team(slug="t", members=["ann", "rev"], by=folk["ops"])
    advance_reviews(now=NOW)
    told = inbox_of(folk["eve"], now=NOW)
    assert [one.kind for one in told] == ["panel"]
    put_away(key=told[0].key, by=folk["eve"], now=NOW)
    put_away(key=told[0].key, by=folk["eve"], now=NOW)
    assert PutAway.objects.count() == 1
    assert kinds(folk["eve"]) == []


def test_what_has_still_to_be_done_is_not_put_away(folk, alpha):
    for key, code in (("review:" + alpha.ref, Code.WRONG_STATE), ("x", Code.NOT_FOUND)):
        with pytest.raises(Refused) as error:
            put_away(key=key, by=folk["rev"], now=NOW)
        assert error.value.refusals[0].code == code
    assert kinds(folk["rev"]) == ["review"]


def test_a_round_waits_for_the_board_when_its_day_is_near(folk, alpha):
    assert kinds(folk["eve"]) == []
    assert kinds(folk["eve"], DATES.decision_at - timedelta(days=1)) == ["decide"]
    assert kinds(folk["aud"], DATES.decision_at - timedelta(days=1)) == []


def test_the_home_page_counts_what_waits_and_says_what_to_do(client, folk, alpha, settings):
    settings.APPORTION_CLOCK = lambda: NOW
    page = visit(client, folk["rev"], "/")
    assert heading(page) == "1 thing waits for you."
    assert "Read and score" in read(page)
    assert heading(visit(client, folk["bob"], "/")) == "Nothing waits for you."
    body = json.loads(visit(client, folk["rev"], "/inbox.json").content)
    assert body["waiting"][0]["path"] == f"/requests/{alpha.ref}/opinion/"


def test_the_home_page_takes_few_statements_whatever_the_size(
    client, folk, django_assert_max_num_queries
):
    crowd(folk)
    assert not Decision.objects.exists()
    for who in ("ann", "rev", "eve"):  # a few for each app that may have something to say
        client.force_login(folk[who])
        with django_assert_max_num_queries(24):
            assert client.get("/").status_code == 200


def test_the_inbox_is_listed_in_the_shell(capfd, folk, spring, settings):
    settings.APPORTION_CLOCK = lambda: NOW
    row = file_request(spring, folk["ann"], "alpha")
    assign_reviewer(request=row, reviewer=folk["rev"], now=NOW)
    code, out, _ = run(capfd, "inbox", "--as", "rev", "--json")
    assert code == 0
    assert [one["act"] for one in json.loads(out)] == ["Read and score"]
    assert run(capfd, "inbox", "--as", "rev", "--away", f"review:{row.ref}")[0] == 1
    assert run(capfd, "inbox", "--as", "nobody")[0] == 3
