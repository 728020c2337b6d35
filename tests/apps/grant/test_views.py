"""Adopting shows who gains and who loses first, pays all or nothing, and refuses what is stale."""

import pytest

from apportion.apps.decide.actions import propose_slate
from apportion.apps.decide.models import Decision
from apportion.apps.grant.models import Grant
from apportion.apps.ledger.audit import audit_books
from apportion.apps.review.actions import write_opinion
from tests.apps.pages import heading, read, visit
from tests.apps.small_lab import HOUR, NOW, file_request

ADOPT = "/rounds/spring/slates/1/adopt/"


@pytest.fixture
def proposed(folk, spring):
    rows = [
        file_request(
            spring, folk["ann"], slug, minimum=30, ask=40, score=score, reviewer=folk["rev"]
        )
        for slug, score in (("alpha", 9), ("beta", 7), ("gamma", 5), ("delta", 3))
    ]
    propose_slate(row=spring, by=folk["eve"], now=NOW)
    return rows


def test_the_page_names_who_gains_and_who_loses_and_changes_nothing(client, folk, proposed):
    page = visit(client, folk["eve"], ADOPT)
    assert heading(page) == "3 of 4 gain, 1 hear “not yet”."
    words = read(page)
    assert "Granted in full" in words
    assert "20 of 40" in words or "of 40" in words
    assert Decision.objects.count() == Grant.objects.count() == 0


def test_adopting_decides_and_pays_at_once(client, folk, spring, proposed):
    response = visit(client, folk["eve"], ADOPT, go="1")
    assert response["Location"] == "/rounds/spring/decide/"
    assert Decision.objects.count() == 4
    assert sum(Grant.objects.values_list("amount", flat=True)) <= 100 * HOUR
    assert audit_books().differences == ()
    board = client.get("/rounds/spring/decide/")
    assert "Slate 1 is adopted and 3 grants paid." in read(board)
    assert heading(board) == "3 of 4 requests were granted."


def test_a_stale_slate_is_refused_with_what_to_do_and_nothing_is_paid(client, folk, proposed):
    write_opinion(request=proposed[0], by=folk["rev"], score_hundredths=200, now=NOW)
    response = visit(client, folk["eve"], ADOPT, go="1")
    assert response.status_code == 409
    assert "propose again" in read(response)
    assert Decision.objects.count() == Grant.objects.count() == 0


def test_adopting_twice_is_refused_and_pays_once(client, folk, proposed):
    visit(client, folk["eve"], ADOPT, go="1")
    paid = Grant.objects.count()
    response = visit(client, folk["eve"], ADOPT, go="1")
    assert response.status_code == 409
    assert Grant.objects.count() == paid


@pytest.mark.parametrize("username", ["ann", "rev", "ops", "aud"])
def test_nobody_but_the_board_adopts(client, folk, proposed, username):
    assert visit(client, folk[username], ADOPT, go="1").status_code == 403
    assert Decision.objects.count() == 0


def test_an_older_slate_says_that_there_is_a_newer(client, folk, spring, proposed):
    propose_slate(row=spring, by=folk["eve"], now=NOW)
    assert "This is not the newest slate" in read(visit(client, folk["eve"], ADOPT))
