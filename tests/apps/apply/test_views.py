"""Writing a request: drafts are one's own, faults stand beside their field, nothing is lost."""

import pytest

from apportion.apps.apply.drafts import content_of
from apportion.apps.apply.models import Project, Request
from apportion.apps.apply.queries import draft_of
from tests.apps.pages import HOSTILE, heading, read, visit
from tests.apps.small_lab import GPU, HOUR, NOW, file_request

NEW = "/rounds/spring/requests/new/"
FILLED = {
    "title": "Depth",
    "question": "Does depth help?",
    "project": "",
    "new_project": "Depth-recurrent models",
    "area": "foundations",
    "minimum_0": "6.5",
    "ask_0": "18",
    "if_minimum": "Seeds go from three to one.",
}


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.APPORTION_CLOCK = lambda: NOW


def test_a_draft_is_saved_with_a_new_project_and_exact_amounts(client, folk, spring):
    response = visit(client, folk["ann"], NEW, **FILLED, draft="1")
    row = Request.objects.get()
    assert response["Location"] == f"/requests/{row.ref}/edit/"
    assert (row.state, row.project.slug) == ("draft", "depth-recurrent-models")
    assert draft_of(row).minimum == {GPU: 6 * HOUR + HOUR // 2}
    assert draft_of(row).ask == {GPU: 18 * HOUR}


def test_a_draft_comes_back_as_it_was_written(client, folk, spring):
    visit(client, folk["ann"], NEW, **FILLED, draft="1")
    page = client.get(f"/requests/{Request.objects.get().ref}/edit/").content.decode()
    for value in ("Depth", "Does depth help?", 'value="6.5"', 'value="18"'):
        assert value in page


def test_a_request_is_submitted_and_listed(client, folk, spring):
    visit(client, folk["ann"], NEW, **FILLED, submit="1")
    assert Request.objects.get().state == "submitted"
    page = client.get("/mine/requests/")
    assert heading(page) == "You have asked 1 time."
    assert "Submitted" in read(page)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"minimum_0": "20"}, "The minimum is above what you ask for."),
        ({"minimum_0": ""}, "Give the smallest amount that would be useful."),
        ({"ask_0": "1e309"}, "out of range"),
        ({"ask_0": "NaN"}, "not a finite number"),
        ({"ask_0": "-3"}, "negative"),
        ({"ask_0": "18.00001"}, "not a whole number of base units"),
        ({"question": "x" * 281}, "at most 280 characters"),
    ],
)
def test_a_fault_stands_beside_its_field_and_every_word_is_kept(client, folk, spring, change, told):
    filled = {**FILLED, **change}
    response = visit(client, folk["ann"], NEW, **filled, submit="1")
    assert response.status_code == 422
    assert told in read(response)
    row = Request.objects.get()
    assert row.state == "draft"
    kept = content_of(row)
    assert (kept["ask:gpu:h100"], kept["question"]) == (filled["ask_0"], filled["question"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": ""}, "This field is required."),
        ({"new_project": " "}, "Give the new project a name"),
        ({"project": "somebody-elses"}, "Select a valid choice"),
    ],
)
def test_a_draft_begins_with_a_name_and_a_project(client, folk, spring, change, told):
    response = visit(client, folk["ann"], NEW, **{**FILLED, **change})
    assert response.status_code == 422
    assert told in read(response)
    assert Request.objects.count() == Project.objects.count() == 0


def test_what_the_round_cannot_award_is_kept_as_a_draft_and_told_with_numbers(client, folk, spring):
    big = {**FILLED, "minimum_0": "500", "ask_0": "900"}
    response = visit(client, folk["ann"], NEW, **big, submit="1")
    assert response.status_code == 422
    assert "The round can award 100 hours in all." in read(response)
    assert Request.objects.get().state == "draft"


def test_somebody_elses_draft_is_not_there(client, folk, spring):
    visit(client, folk["ann"], NEW, **FILLED, draft="1")
    ref = Request.objects.get().ref
    assert visit(client, folk["bob"], f"/requests/{ref}/edit/").status_code == 404
    assert visit(client, folk["eve"], f"/requests/{ref}/").status_code == 404


def test_a_closed_round_takes_nothing_and_says_since_when(client, folk, spring, settings):
    settings.APPORTION_CLOCK = lambda: spring.requests_close_at
    response = visit(client, folk["ann"], NEW, **FILLED, submit="1")
    assert response.status_code == 422
    assert "takes no more requests" in read(response)
    assert "It took requests until 09 Mar 2026 09:00 UTC." in read(response)
    assert Request.objects.count() == 0


def test_a_submitted_request_is_taken_back_changed_and_withdrawn(client, folk, spring):
    row = file_request(spring, folk["ann"], "alpha")
    visit(client, folk["ann"], f"/requests/{row.ref}/reopen/", go="1")
    row.refresh_from_db()
    assert row.state == "draft"
    visit(client, folk["ann"], f"/requests/{row.ref}/withdraw/", go="1")
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_the_checks_speak_while_one_writes_and_store_nothing(client, folk, spring):
    path = "/rounds/spring/requests/check/"
    good = read(visit(client, folk["ann"], path, **FILLED))
    assert "The minimum is within what the round can award." in good
    bad = read(visit(client, folk["ann"], path, **{**FILLED, "minimum_0": "500", "ask_0": "900"}))
    assert "The round can award 100 hours in all." in bad
    assert Request.objects.count() == 0


def test_an_ask_above_the_areas_cap_is_pointed_out(client, folk, spring):
    filled = {**FILLED, "area": "assistant", "ask_0": "90"}
    told = read(visit(client, folk["ann"], "/rounds/spring/requests/check/", **filled))
    assert "Assistant is capped at 60 hours" in told


def test_hostile_words_stay_words(client, folk, spring):
    visit(client, folk["ann"], NEW, **{**FILLED, "title": HOSTILE, "question": HOSTILE}, submit="1")
    for path in ("/mine/requests/", "/rounds/spring/", "/rounds/spring/requests/"):
        page = visit(client, folk["ann"], path).content.decode()
        assert "<script>alert" not in page
        assert "alert(1)" in page


def test_the_page_shows_what_others_asked_and_how_full_the_round_is(client, folk, spring):
    file_request(spring, folk["bob"], "alpha", ask=40)
    visit(client, folk["ann"], NEW, **FILLED)
    words = read(client.get("/requests/spring-2/edit/"))
    assert "grey bars: what 1 other asked" in words
    assert "Asked so far 40" in words


def test_nothing_asked_yet_is_said_with_a_way_to_begin(client, folk, spring):
    page = visit(client, folk["ann"], "/mine/requests/")
    assert heading(page) == "You have asked for nothing yet."
    assert "Write the first" in read(page)
