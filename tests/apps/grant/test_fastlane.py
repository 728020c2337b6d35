"""The fast lane: small asks are granted at once, on the ordinary path, and some are looked at by lot."""

from datetime import timedelta
from fractions import Fraction

import pytest

from apportion.apps.apply.actions import add_member
from apportion.apps.apply.fast_checks import checks_to_do, is_drawn
from apportion.apps.apply.models import Request
from apportion.apps.decide.models import Decision
from apportion.apps.grant.fastlane import advance_fast_lanes, left_in_lane, look_at_award
from apportion.apps.ledger.queries import balances
from apportion.apps.rounds.models import Round
from apportion.apps.rounds.queries import call_of, current_round, list_rounds
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_decision
from tests.apps.pages import heading, visit
from tests.apps.small_lab import GPU, HOUR, NOW, POLICY, file_request, open_spring

pytestmark = pytest.mark.django_db
LANE = f"""{POLICY}
[call.fast_lane]
most = {{ "gpu:h100" = 10 }}
pool = {{ "gpu:h100" = 25 }}
audit_share = 1
"""
SEED = "ab" * 16


@pytest.fixture
def lane(folk):
    return open_spring(folk["eve"], policy=LANE)


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


def test_a_small_ask_is_decided_verified_and_paid_at_once(folk, lane):
    small = file_request(lane, folk["ann"], "small", minimum=2, ask=10)
    large = file_request(lane, folk["ann"], "large", minimum=2, ask=11)
    assert advance_fast_lanes(now=NOW, seed=SEED) == ["spring: 1 small ask granted at once"]
    decision = Decision.objects.get(request=small)
    assert decision.outcome == "full"
    assert verify_decision(decision.slate.document.encode()).holds
    assert balances()[Key(Kind.PROJECT, "small", GPU)] == 10 * HOUR
    small.refresh_from_db()
    large.refresh_from_db()
    assert (small.state, small.round.kind, large.state) == ("decided", "fast", "submitted")


def test_repeating_it_grants_nothing_twice(folk, lane):
    file_request(lane, folk["ann"], "small", minimum=2, ask=10)
    advance_fast_lanes(now=NOW, seed=SEED)
    assert advance_fast_lanes(now=NOW + timedelta(minutes=1), seed="cd") == []
    assert balances()[Key(Kind.PROJECT, "small", GPU)] == 10 * HOUR


def test_first_come_first_until_the_lane_is_empty_and_the_rest_waits_for_the_board(folk, lane):
    for number in range(4):
        file_request(lane, folk["ann"], f"p{number}", minimum=2, ask=10)
    advance_fast_lanes(now=NOW, seed=SEED)
    states = dict(Request.objects.values_list("ref", "state"))
    assert [states[f"spring-{n}"] for n in (1, 2, 3, 4)] == ["decided"] * 2 + ["submitted"] * 2
    assert left_in_lane(lane, call_of(lane).fast_lane) == {GPU: 5 * HOUR}


def test_what_depends_on_other_requests_goes_the_ordinary_way(folk, lane):
    row = file_request(lane, folk["ann"], "tied", minimum=2, ask=10)
    Request.objects.filter(pk=row.pk).update(either_or="one of us")
    assert advance_fast_lanes(now=NOW, seed=SEED) == []


def test_nobody_s_own_cause_passes_in_their_name(folk, lane):
    row = file_request(lane, folk["ann"], "friend", minimum=2, ask=10)
    add_member(project=row.project, person=folk["eve"])
    assert advance_fast_lanes(now=NOW, seed=SEED) == []


def test_a_lane_rests_when_whoever_opened_it_left_the_board(folk, lane):
    file_request(lane, folk["ann"], "small", minimum=2, ask=10)
    folk["eve"].roles.all().delete()
    assert advance_fast_lanes(now=NOW, seed=SEED) == [
        "spring: its fast lane rests, Eve is of the board no more"
    ]


def test_only_a_board_member_opens_a_round_with_a_fast_lane(folk):
    with pytest.raises(Refused) as error:
        open_spring(folk["ops"], policy=LANE)
    assert codes(error) == [Code.NOT_ALLOWED]


def test_the_rounds_of_fast_lanes_are_not_what_people_mean_by_the_round(folk, lane):
    file_request(lane, folk["ann"], "small", minimum=2, ask=10)
    advance_fast_lanes(now=NOW, seed=SEED)
    assert [row.slug for row in list_rounds()] == ["spring"]
    assert current_round(NOW) == lane
    assert Round.objects.get(kind="fast").parent == lane


def test_the_draw_can_be_repeated_from_its_seed_and_keeps_to_its_share():
    drawn = sum(is_drawn("seed", f"r-{n}", Fraction(1, 5)) for n in range(2000))
    assert 330 < drawn < 470
    assert is_drawn("seed", "r-1", Fraction(1))
    assert not is_drawn("seed", "r-1", Fraction(0))


def test_what_was_drawn_is_looked_at_once_and_not_by_whoever_has_a_stake(folk, lane):
    row = file_request(lane, folk["ann"], "small", minimum=2, ask=10)
    advance_fast_lanes(now=NOW, seed=SEED)
    (waiting,) = checks_to_do()
    assert (waiting.request.ref, waiting.seed) == (row.ref, SEED)
    with pytest.raises(Refused) as error:
        look_at_award(ref=row.ref, is_fine=False, note=" ", by=folk["rev"], now=NOW)
    assert codes(error) == [Code.REASON_MISSING]
    with pytest.raises(Refused) as error:
        look_at_award(ref=row.ref, is_fine=True, note="", by=folk["ann"], now=NOW)
    assert codes(error) == [Code.NOT_ALLOWED]
    look_at_award(ref=row.ref, is_fine=True, note="", by=folk["rev"], now=NOW)
    with pytest.raises(Refused) as error:
        look_at_award(ref=row.ref, is_fine=True, note="", by=folk["eve"], now=NOW)
    assert codes(error) == [Code.ALREADY_DONE]


def test_the_page_says_how_many_wait_and_takes_what_was_found(client, folk, lane, settings):
    settings.APPORTION_CLOCK = lambda: NOW
    assert heading(visit(client, folk["rev"], "/fastlane/")) == "No award waits to be looked at."
    row = file_request(lane, folk["ann"], "small", minimum=2, ask=10)
    advance_fast_lanes(now=NOW, seed=SEED)
    assert heading(client.get("/fastlane/")) == "1 award waits to be looked at."
    visit(
        client, folk["rev"], f"/fastlane/{row.ref}/", wrong="1", note="It is half of a large one."
    )
    assert checks_to_do()[0].finding == "wrong"
    assert checks_to_do()[0].note == "It is half of a large one."
