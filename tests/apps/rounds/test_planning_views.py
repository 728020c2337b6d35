"""Rounds are planned, opened, closed and made urgent on pages, by who may and within the rules."""

from apportion.apps.rounds.queries import find_round
from tests.apps.pages import HOSTILE, read, visit
from tests.apps.small_lab import GPU, POLICY

DAYS = {"close": "2026-03-09", "decide": "2026-03-23", "start": "2026-04-01", "end": "2026-07-01"}
ROUND = {"slug": "autumn", "name": "", "policy": POLICY, "opens": "", **DAYS}
URGENT = {
    "slug": "fire",
    "like": "spring",
    "why": "It burns",
    "resource": GPU,
    "amount": "30",
    "days": 3,
}


def test_a_round_is_opened_at_once_where_no_day_is_given(client, folk):
    response = visit(client, folk["eve"], "/rounds-plan/", **ROUND)
    assert response["Location"] == "/rounds/autumn/"
    assert find_round("autumn").state == "open"


def test_a_round_is_planned_for_its_day_opened_before_it_and_closed(client, folk):
    visit(client, folk["eve"], "/rounds-plan/", **{**ROUND, "opens": "2026-03-05"})
    assert find_round("autumn").state == "planned"
    visit(client, folk["eve"], "/rounds/autumn/open/", sure="yes")
    assert find_round("autumn").state == "open"
    visit(client, folk["eve"], "/rounds/autumn/close/", sure="yes")
    assert find_round("autumn").state == "review"
    again = visit(client, folk["eve"], "/rounds/autumn/close/", sure="yes")
    assert again.status_code == 409


def test_a_policy_with_a_fault_is_refused_with_its_line_and_what_was_typed_is_kept(client, folk):
    broken = POLICY.replace('objective = "merit"', 'objective = "<b>luck</b>"')
    response = visit(client, folk["eve"], "/rounds-plan/", **{**ROUND, "policy": broken})
    assert response.status_code == 422
    assert "objective" in read(response)
    assert "<b>luck</b>" not in response.content.decode()
    assert "luck" in response.content.decode()


def test_dates_out_of_order_are_refused_in_words(client, folk):
    response = visit(client, folk["eve"], "/rounds-plan/", **{**ROUND, "decide": "2026-03-01"})
    assert response.status_code == 422
    assert "Requests close, then reviews are due" in read(response)


def test_a_plan_begins_with_the_policy_of_a_round_before(client, folk, spring):
    assert "size_exponent" in read(visit(client, folk["eve"], "/rounds-plan/?like=spring"))


def test_an_urgent_round_takes_one_request_and_a_bad_amount_is_told_beside_its_field(
    client, folk, spring
):
    bad = visit(client, folk["eve"], "/rounds-urgent/", **{**URGENT, "amount": HOSTILE[:30]})
    assert bad.status_code == 422
    response = visit(client, folk["eve"], "/rounds-urgent/", **URGENT)
    assert response["Location"] == "/rounds/fire/"
    assert find_round("fire").kind == "urgent"


def test_a_researcher_opens_and_closes_nothing(client, folk, spring):
    for path in ("/rounds-plan/", "/rounds-urgent/", "/rounds/spring/close/"):
        assert visit(client, folk["ann"], path, **ROUND).status_code == 403
