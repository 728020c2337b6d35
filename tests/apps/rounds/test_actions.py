"""Rounds that are planned, opened, closed, rolling or urgent, and what a call may not say."""

from datetime import timedelta

import pytest

from apportion.adapters.files.parse_call import parse_call
from apportion.apps.apply.actions import (
    advance_intake,
    start_draft,
    submit_request,
    withdraw_request,
)
from apportion.apps.apply.models import Request
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.rounds.actions import (
    Plan,
    close_round,
    create_round,
    open_due_rounds,
    open_urgent,
    start_round,
)
from apportion.apps.rounds.models import Round
from apportion.apps.rounds.queries import current_round, policy_of
from apportion.core.faults import BadInput
from apportion.core.refusals import Code, Refused
from tests.apps.pages import heading, read, visit
from tests.apps.small_lab import DATES, GPU, HOUR, NOW, POLICY, file_request, open_spring

pytestmark = pytest.mark.django_db
ROLLING = f'{POLICY}\n[call]\nkind = "rolling"\nevery_days = 7\n'
PICKY = f"""{POLICY}
[call.eligible]
areas = ["assistant"]
most_open = 1
"""


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


def plan(folk, opens_at):
    more = {"policy_toml": POLICY, "dates": DATES, "by": folk["eve"], "now": NOW}
    return create_round(slug="later", plan=Plan(opens_at=opens_at), **more)


def test_a_planned_round_takes_nothing_until_its_day(folk):
    row = plan(folk, NOW + timedelta(days=1))
    with pytest.raises(Refused, match="It is not open yet"):
        file_request(row, folk["ann"], "early")
    assert open_due_rounds(now=NOW) == []
    assert [one.slug for one in open_due_rounds(now=NOW + timedelta(days=1))] == ["later"]
    assert file_request(Round.objects.get(), folk["ann"], "timely").state == "submitted"


def test_a_round_opens_once_and_closes_once(folk):
    row = plan(folk, NOW + timedelta(days=1))
    start_round(row=row, by=folk["eve"], now=NOW)
    with pytest.raises(Refused) as error:
        start_round(row=row, by=folk["eve"], now=NOW)
    assert codes(error) == [Code.WRONG_STATE]
    closed = close_round(row=row, by=folk["ops"], now=NOW)
    assert (closed.state, closed.requests_close_at) == ("review", NOW)
    with pytest.raises(Refused) as error:
        close_round(row=row, by=folk["ann"], now=NOW)
    assert codes(error) == [Code.NOT_ALLOWED]


def test_a_round_cannot_open_after_it_closes(folk):
    with pytest.raises(Refused) as error:
        plan(folk, DATES.requests_close_at)
    assert codes(error) == [Code.OUT_OF_RANGE]


def test_at_a_cut_off_what_is_in_is_decided_and_drafts_go_on(folk):
    row = open_spring(folk["eve"], policy=ROLLING)
    submitted = file_request(row, folk["ann"], "inside")
    project = projects_by_slug()["inside"]
    draft = start_draft(
        round_row=row, project=project, content={"title": "x"}, by=folk["ann"], now=NOW
    )
    late = row.requests_close_at + timedelta(days=15)
    (successor,) = advance_intake(now=late)
    assert advance_intake(now=late) == []
    row.refresh_from_db()
    draft.refresh_from_db()
    submitted.refresh_from_db()
    assert (row.state, submitted.round, draft.round) == ("review", row, successor)
    assert successor.slug == "spring-2"
    assert successor.requests_close_at == row.requests_close_at + timedelta(days=21)
    assert successor.credits_start_at - row.credits_start_at == timedelta(days=21)


def test_whoever_submits_a_second_after_a_cut_off_is_in_the_next(folk):
    row = open_spring(folk["eve"], policy=ROLLING)
    file_request(row, folk["ann"], "first")
    row_now = Request.objects.get()
    Request.objects.filter(pk=row_now.pk).update(state="draft")
    late = row.requests_close_at + timedelta(seconds=1)
    request = submit_request(row=Request.objects.get(), by=folk["ann"], now=late)
    assert (request.state, request.round.slug) == ("submitted", "spring-2")


def test_an_urgent_round_takes_one_request_and_is_not_the_round_of_the_day(folk, spring):
    more = {"pool": {GPU: 30 * HOUR}, "days": 3, "by": folk["eve"], "now": NOW}
    row = open_urgent(like=spring, slug="fire", why="It burns", **more)
    assert policy_of(row).pool == {GPU: 30 * HOUR}
    first = file_request(row, folk["ann"], "first", minimum=5, ask=20)
    with pytest.raises(Refused, match="It is a round of one"):
        file_request(row, folk["ann"], "second", minimum=5, ask=20)
    withdraw_request(row=first, by=folk["ann"], now=NOW)
    assert file_request(row, folk["ann"], "third", minimum=5, ask=20).state == "submitted"
    assert current_round(NOW) == spring


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"why": " "}, Code.REASON_MISSING),
        ({"pool": {"gpu:none": 1}}, Code.NOT_FOUND),
        ({"pool": {GPU: 0}}, Code.OUT_OF_RANGE),
        ({"days": 0}, Code.OUT_OF_RANGE),
        ({"slug": "spring"}, Code.ALREADY_DONE),
        ({"slug": "../up"}, Code.OUT_OF_RANGE),
    ],
)
def test_an_urgent_round_that_will_not_do_is_refused(folk, spring, change, code):
    plain = {"slug": "fire", "why": "It burns", "pool": {GPU: HOUR}, "days": 3}
    with pytest.raises(Refused) as error:
        open_urgent(like=spring, by=folk["eve"], now=NOW, **{**plain, **change})
    assert codes(error) == [code]
    assert Round.objects.count() == 1


def test_the_rules_are_told_before_one_begins_and_hold_after(client, folk, settings):
    settings.APPORTION_CLOCK = lambda: NOW
    row = open_spring(folk["eve"], policy=PICKY)
    page = visit(client, folk["ann"], "/rounds/spring/requests/new/")
    assert heading(page) == "Ask until 9 Mar."
    assert "The project is in Assistant." in read(page)
    begun = {"title": "x", "project": "", "new_project": "Depth", "area": "foundations"}
    refused = visit(client, folk["ann"], "/rounds/spring/requests/new/", **begun)
    assert refused.status_code == 422
    assert "Ask in a round that takes requests of your area." in read(refused)
    assert not row.requests.exists()
    visit(client, folk["ann"], "/rounds/spring/requests/new/", **{**begun, "area": "assistant"})
    again = visit(client, folk["ann"], "/rounds/spring/requests/new/", **begun, draft="1")
    assert "At most 1 open at once; you have 1." in read(again)


def test_every_fault_of_a_call_is_told_with_its_line():
    bad = b"""[pool]
"gpu:h100" = 9
[call]
kind = "sometimes"
[call.eligible]
roles = ["king"]
most_open = 0
[call.fast_lane]
most = { "gpu:h100" = 5 }
pool = { "gpu:h100" = 2 }
audit_share = 3
[[call.questions]]
id = "a"
label = "A"
kind = "choice"
[[call.questions]]
id = "a"
label = "B"
least = 9
most = 3
"""
    with pytest.raises(BadInput) as error:
        parse_call(bad, "round.toml")
    lines = sorted(fault.line for fault in error.value.faults)
    assert lines == [4, 6, 7, 10, 11, 12, 17, 19]


def test_calendars_and_lists_of_rounds_are_files(client, folk, spring):
    for path, kind in (
        ("/rounds/spring.ics", "text/calendar; charset=utf-8"),
        ("/rounds.ics", "text/calendar; charset=utf-8"),
        ("/rounds.csv", "text/csv; charset=utf-8"),
        ("/rounds.json", "application/json"),
    ):
        response = visit(client, folk["aud"], path)
        assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert b"SUMMARY:Spring: Requests close" in visit(client, folk["aud"], "/rounds.ics").content


def test_formulas_in_names_are_defused_in_csv(client, folk):
    open_spring(folk["eve"], policy=POLICY.replace("Spring", "=HYPERLINK(1)"))
    body = visit(client, folk["aud"], "/rounds.csv").content.decode()
    assert "'=HYPERLINK(1)" in body
