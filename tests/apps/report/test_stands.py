"""While an amount is written, the page says how often it would fit and how soon such asks are answered."""

import re
from datetime import timedelta

import pytest

from apportion.apps.decide.actions import adopt_slate, propose_slate
from tests.apps.pages import read, visit
from tests.apps.small_lab import NOW, POLICY, file_request, open_spring

pytestmark = pytest.mark.django_db(transaction=True)


def ask(client, folk, **amounts):
    """Sends what is written so far, as the page does."""
    return read(visit(client, folk["ann"], "/rounds/spring/stands/", **amounts))


def test_it_tells_how_often_the_ask_and_the_minimum_fit_among_what_is_submitted(
    client, folk, spring
):
    for number in range(5):
        file_request(spring, folk["bob"], f"p{number}", minimum=20, ask=40, area="assistant")
    told = ask(client, folk, minimum_0="40", ask_0="100")
    # Only whoever goes first, one of six, finds the whole pool.
    assert 13 <= int(re.search(r"Full ask fits (\d+) in 100", told)[1]) <= 20
    assert "Minimum fits 100 in 100" in told  # the cap leaves 40 hours for other areas


def test_nobody_learns_from_it_what_a_few_others_asked_or_that_drafts_are_there(
    client, folk, spring
):
    for number in range(4):
        file_request(spring, folk["bob"], f"p{number}")
    assert ask(client, folk, minimum_0="10", ask_0="90") == ""


def test_it_tells_in_how_many_days_requests_of_the_round_before_were_answered(client, folk):
    old = open_spring(folk["eve"], slug="old", policy=POLICY.replace("Spring", "Old"))
    file_request(old, folk["bob"], "older", minimum=5, ask=20, score=7, reviewer=folk["rev"])
    slate = propose_slate(row=old, by=folk["eve"], now=NOW)
    adopt_slate(slate=slate, by=folk["eve"], now=NOW + timedelta(days=4, hours=2))
    open_spring(folk["eve"])
    told = ask(client, folk, minimum_0="10", ask_0="90")
    assert told == "Requests of Old answered in 5 days"


@pytest.mark.parametrize("text", ["", "-3", "many", "1e99", "10" * 40])
def test_what_is_no_amount_yet_breaks_nothing(client, folk, spring, text):
    page = visit(client, folk["ann"], "/rounds/spring/stands/", minimum_0=text, ask_0=text)
    assert page.status_code == 200
