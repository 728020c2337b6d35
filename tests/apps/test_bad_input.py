"""What comes late, from who has left, on a clock that steps back, or as a formula: told, and kept."""

import csv
import io
from datetime import timedelta

import pytest

from apportion.apps.apply.forms import RequestForm
from apportion.apps.apply.models import Request, RequestStep, Version
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.decide.models import Decision
from apportion.apps.people.models import Person
from apportion.apps.review.actions import declare_conflict
from apportion.apps.review.models import Opinion
from apportion.core.refusals import Code, Refused
from tests.apps.pages import HOSTILE, read, visit
from tests.apps.small_lab import NOW, file_request

pytestmark = pytest.mark.django_db

NEW = "/rounds/spring/requests/new/"
SECOND = timedelta(seconds=1)
FORMULA = '=HYPERLINK("http://x.example","y")'
NOT_WORDS = {"minimum_0": "6", "ask_0": "18", "project": "", "area": "foundations"}
FILLED = {**NOT_WORDS, "title": "Depth", "question": "Does depth help?", "new_project": "Depth"}


@pytest.fixture(autouse=True)
def clock(settings):
    """Gives a way to set the clock of every page."""

    def at(when):
        settings.APPORTION_CLOCK = lambda: when

    at(NOW)
    return at


def begin(client, folk):
    """Writes a draft on its pages."""
    visit(client, folk["ann"], NEW, **FILLED, draft="1")
    return Request.objects.get()


def typed(row, **words):
    return {**FILLED, "project": row.project.slug, "version": row.version, **words}


def test_a_submit_a_second_late_keeps_what_was_typed_and_says_when_the_round_closed(
    client, folk, spring, clock
):
    row = begin(client, folk)
    page = f"/requests/{row.ref}/edit/"
    clock(spring.requests_close_at + SECOND)
    told = visit(client, folk["ann"], page, **typed(row, question="Typed at last."), submit="1")
    assert told.status_code in {409, 422}
    assert "It took requests until 09 Mar 2026 09:00 UTC." in read(told)
    row.refresh_from_db()
    assert (row.state, row.question) == ("draft", "Typed at last.")
    assert Version.objects.filter(request=row).last().saved_by == folk["ann"]
    assert not RequestStep.objects.filter(request=row, verb="submit").exists()


def test_a_submit_a_second_early_counts(client, folk, spring, clock):
    row = begin(client, folk)
    clock(spring.requests_close_at - SECOND)
    visit(client, folk["ann"], f"/requests/{row.ref}/edit/", **typed(row), submit="1")
    row.refresh_from_db()
    assert row.state == "submitted"


def test_a_slate_made_on_an_opinion_whose_giver_is_conflicted_since_is_not_adopted(folk, spring):
    rows = [
        file_request(spring, folk["ann"], slug, score=score, reviewer=folk["rev"])
        for slug, score in (("alpha", 9), ("beta", 7))
    ]
    slate = propose_slate(row=spring, by=folk["eve"], now=NOW)
    declare_conflict(request=rows[0], by=folk["rev"], reason="We wed.", now=NOW)
    with pytest.raises(Refused):
        adopt_slate(slate=slate, by=folk["eve"], now=NOW)
    assert not Decision.objects.exists()
    assert Opinion.objects.get(request=rows[0]).reviewer == folk["rev"]


@pytest.mark.parametrize("how", ["inactive", "role taken away"])
def test_who_left_the_board_neither_proposes_nor_adopts_and_what_they_proposed_stands(
    client, folk, spring, how
):
    file_request(spring, folk["ann"], "alpha", score=9, reviewer=folk["rev"])
    slate = propose_slate(row=spring, by=folk["eve"], now=NOW)
    client.force_login(folk["eve"])
    if how == "inactive":
        Person.objects.filter(pk=folk["eve"].pk).update(is_active=False)
    else:
        folk["eve"].roles.all().delete()
    eve = Person.objects.get(pk=folk["eve"].pk)
    for act in (
        lambda: propose_slate(row=spring, by=eve, now=NOW),
        lambda: adopt_slate(slate=slate, by=eve, now=NOW),
    ):
        with pytest.raises(Refused) as error:
            act()
        assert error.value.refusals[0].code is Code.NOT_ALLOWED
    sent = client.post("/rounds/spring/slates/1/adopt/")
    assert sent.status_code == 403 or "/login/" in sent["Location"]
    slate.refresh_from_db()
    assert (slate.proposed_by, slate.adopted_at) == (eve, None)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("words", [HOSTILE, FORMULA], ids=["HTML", "a formula"])
def test_every_text_field_of_a_request_stays_text_on_pages_and_in_files(
    client, folk, spring, words
):
    row = begin(client, folk)
    fields = {name for name in RequestForm.base_fields if name not in NOT_WORDS}
    assert {"title", "question", "if_minimum", "co_authors", "either_or", "requires"} <= fields
    hostile = dict.fromkeys(fields, words)
    page = f"/requests/{row.ref}/edit/"
    assert visit(client, folk["ann"], page, **typed(row, **hostile), draft="1").status_code < 500
    row.refresh_from_db()
    assert row.title == words
    bare = {"co_authors": "", "either_or": "", "requires": ""}
    visit(client, folk["ann"], page, **typed(row, **{**hostile, **bare}), submit="1")
    row.refresh_from_db()
    assert (row.state, row.question) == ("submitted", words)
    shown = [page, f"/requests/{row.ref}/", f"/requests/{row.ref}/versions/", "/mine/requests/"]
    for path in shown:
        told = client.get(path, follow=True)
        assert told.status_code == 200, path
        assert "<script>alert" not in told.content.decode(), path
    for who, path in (("ann", "/mine/requests.csv"), ("eve", "/rounds/spring/requests.csv")):
        file = visit(client, folk[who], path)
        assert file.status_code == 200, path
        body = b"".join(file) if file.streaming else file.content
        cells = [cell for line in csv.reader(io.StringIO(body.decode())) for cell in line]
        assert who == "eve" or any(words in cell for cell in cells)  # the round's file has no words
        assert not [cell for cell in cells if cell.startswith("=")], path


def test_a_clock_that_steps_back_loses_neither_words_nor_the_row_of_who_did_what(
    client, folk, spring, clock
):
    row = begin(client, folk)
    page = f"/requests/{row.ref}/edit/"
    earlier = NOW - timedelta(hours=1)
    clock(earlier)
    visit(client, folk["ann"], page, **typed(row, question="An hour before."), draft="1")
    row.refresh_from_db()
    assert row.question == "An hour before."
    kept = [one.content["question"] for one in Version.objects.filter(request=row)]
    assert kept == ["Does depth help?", "An hour before."]
    clock(earlier - SECOND)
    visit(client, folk["ann"], page, **typed(row, question="An hour before."), submit="1")
    row.refresh_from_db()
    assert (row.state, row.question) == ("submitted", "An hour before.")
    step = RequestStep.objects.get(request=row, verb="submit")
    assert (step.by, step.at) == (folk["ann"], earlier - SECOND)
