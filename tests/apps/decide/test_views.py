"""The board shows the line before anyone signs; a decision file goes out as it was made."""

import json

import pytest

from apportion.apps.decide.actions import propose_slate
from apportion.apps.decide.models import Slate
from apportion.apps.decide.wording import sentence, write_short
from tests.apps.pages import HOSTILE, heading, read, visit
from tests.apps.small_lab import GPU, HOUR, NOW, file_request

BOARD = "/rounds/spring/decide/"


@pytest.fixture
def crowded(folk, spring):
    asks = (("alpha", 9, 40), ("beta", 7, 40), ("gamma", 5, 40), ("delta", 2, 60))
    for slug, score, ask in asks:
        lead = folk["ann"]
        file_request(spring, lead, slug, minimum=30, ask=ask, score=score, reviewer=folk["rev"])
    return spring


def test_before_a_slate_the_board_goes_down_the_ranking_and_says_so(client, folk, crowded):
    page = visit(client, folk["eve"], BOARD)
    assert heading(page) == "Where should the line be?"
    assert "Down the ranking 2 of 4 would fit." in read(page)
    assert "would not fit" in read(page)


def test_proposing_makes_a_slate_and_grants_nothing(client, folk, crowded):
    visit(client, folk["eve"], f"{BOARD}propose/", go="1")
    page = client.get(BOARD)
    assert heading(page) == "Slate 1 grants 3 of 4 requests."
    assert "Nothing is granted yet." in read(page)
    assert Slate.objects.get().adopted_at is None


def test_the_first_denial_is_open_with_its_reason_and_way_in(client, folk, crowded):
    propose_slate(row=crowded, by=folk["eve"], now=NOW)
    markup = visit(client, folk["eve"], BOARD).content.decode()
    denied = next(
        award
        for award in json.loads(Slate.objects.get().document)["awards"]
        if award["outcome"] == "not_yet"
    )
    assert markup.count('class="foc"') == 1
    assert f'id="why-{denied["request"]}">' in markup
    assert denied["reasons"][0]["text"][:20] in markup


def test_the_line_stands_between_who_gets_something_and_who_does_not(client, folk, crowded):
    propose_slate(row=crowded, by=folk["eve"], now=NOW)
    words = read(visit(client, folk["eve"], BOARD))
    before, after = words.split("Cut line:")
    assert "Alpha" in before
    assert "Not yet" not in before.split("What would change it")[1]
    assert "Delta" in after


def test_a_round_without_scores_cannot_be_proposed_and_says_which(client, folk, spring):
    row = file_request(spring, folk["ann"], "alpha")
    response = visit(client, folk["eve"], f"{BOARD}propose/", go="1")
    assert response.status_code == 422
    assert row.ref in read(response)
    assert Slate.objects.count() == 0


def test_an_empty_board_says_what_will_stand_there(client, folk, spring):
    assert "Nothing was submitted." in read(visit(client, folk["eve"], BOARD))


def test_an_auditor_sees_the_board_and_no_button(client, folk, crowded):
    markup = visit(client, folk["aud"], BOARD).content.decode()
    assert "propose/" not in markup
    assert visit(client, folk["aud"], f"{BOARD}propose/", go="1").status_code == 403


def test_the_decision_file_goes_out_byte_for_byte(client, folk, crowded):
    slate = propose_slate(row=crowded, by=folk["eve"], now=NOW)
    response = visit(client, folk["eve"], "/rounds/spring/slates/1/")
    assert response.content.decode() == slate.document
    assert visit(client, folk["eve"], "/rounds/spring/slates/9/").status_code == 404


def test_hostile_titles_stay_text_on_the_board_and_in_its_picture(client, folk, spring):
    row = file_request(spring, folk["ann"], "alpha", score=8, reviewer=folk["rev"])
    row.title = HOSTILE
    row.save()
    assert "<script>alert" not in visit(client, folk["eve"], BOARD).content.decode()


def test_a_way_in_that_no_resolve_has_flipped_carries_its_sign():
    ways = [
        {"lever": "score", "change": {"to": "613/100"}, "verified": False, "text": "x"},
        {
            "lever": "limit",
            "change": {"limit": ["pool", "", GPU], "raise_by": 14_700 * HOUR},
            "verified": False,
            "text": "y",
        },
        {"lever": "minimum", "change": {"to": {GPU: HOUR}}, "verified": False, "text": "z"},
    ]
    assert write_short(ways, {GPU: "hour"}) == "≈ score 6.13, or 15k freed"
    proved = [{**ways[0], "verified": True}]
    assert write_short(proved, {GPU: "hour"}) == "score 6.13"
    assert write_short([], {}) == ""


def test_a_text_of_the_engine_ends_as_a_sentence():
    assert sentence("The pool is full") == "The pool is full."
    assert sentence("Really?") == "Really?"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Its minimum takes 57000 hours", "Its minimum takes 57,000 hours."),
        ("It requires r12-12345", "It requires r12-12345."),
        ("the pool of gpu:12345 has 9999 left", "the pool of gpu:12345 has 9999 left."),
        ("a score of 7.12345", "a score of 7.12345."),
    ],
)
def test_long_numbers_are_set_in_thousands_and_names_are_left_alone(text, written):
    assert sentence(text) == written
