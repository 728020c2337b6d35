"""Appeals: filed in time, decided by others, carried out without taking from anybody."""

import json
from fractions import Fraction

import pytest

from apportion.apps.appeal import actions
from apportion.apps.appeal.queries import (
    area_stats,
    candidates_for,
    counts,
    decided_for,
    deciders_of,
    find_appeal,
    reserves_for,
    short_of_deciders,
    sitting,
    steps_of,
)
from apportion.apps.apply.models import Request
from apportion.apps.apply.queries import requests_of
from apportion.apps.decide.models import HeldBack
from apportion.apps.decide.outcomes import letters_to, outcome_of
from apportion.apps.decide.queries import adopted_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.ledger.queries import balance_of
from apportion.apps.people.actions import add_person
from apportion.apps.people.ties import set_manager
from apportion.apps.rounds.queries import current_round
from apportion.core.appeal.life import Changed, State, Verb
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_decision
from tests.apps.appeal.lab import DAY, TOLD, appeal, ref_of
from tests.apps.small_lab import DATES, GPU, HOUR, open_spring


def rule(lab, row, ruling=Verb.UPHOLD, *, by=None, **more):
    who = by or sitting(row)[0].person
    return actions.propose_ruling(
        ref=row.ref, ruling=ruling, reasons="It was.", by=who, now=TOLD + 2 * DAY, **more
    )


def awards(lab):
    document = json.loads(adopted_slate(lab["row"]).document)
    return {award["request"]: award["amounts"] for award in document["awards"]}


def code_of(refused):
    return refused.value.refusals[0].code


def test_the_deciders_have_no_part_in_the_decision(lab):
    row = appeal(lab)
    (chair,) = deciders_of(row)
    assert chair.person.username in {"mia", "noa"}
    barred = {one.person: one.barred for one in candidates_for(row, now=TOLD)}
    assert barred["eve"] == "decided first"


def test_a_line_of_management_to_who_decided_bars(lab):
    set_manager(person=lab["mia"], manager=lab["eve"], by=lab["ops"])
    row = appeal(lab)
    assert [one.person.username for one in sitting(row)] == ["noa"]
    barred = {one.person: one.barred for one in candidates_for(row, now=TOLD)}
    assert "line of management" in barred["mia"]


def test_the_same_seed_draws_the_same_people(lab):
    row = appeal(lab)
    seated = [one.person.username for one in sitting(row)]
    actions.withdraw_appeal(ref=row.ref, by=lab["bob"], now=TOLD + DAY)
    assert seated
    assert len(row.seed) == 64


def test_an_upheld_appeal_takes_nothing_from_anybody_and_is_paid_from_the_reserve(lab):
    grant_round(row=lab["row"], by=lab["eve"], now=DATES.credits_start_at)
    before, pool = awards(lab), balance_of(Key(Kind.POOL, "spring", GPU))
    row = rule(lab, appeal(lab))
    assert row.state == State.UPHELD
    after = awards(lab)
    mine = ref_of(lab, 2)
    assert {k: v for k, v in after.items() if k != mine} == {
        k: v for k, v in before.items() if k != mine
    }
    assert after[mine] == {GPU: 25 * HOUR}
    assert balance_of(Key(Kind.PROJECT, "gamma", GPU)) == 25 * HOUR
    assert balance_of(Key(Kind.POOL, "spring", GPU)) == pool - 25 * HOUR
    reserve = reserves_for(lab["row"])[GPU]
    assert (reserve.kept, reserve.taken) == (30 * HOUR, 25 * HOUR)
    slate = adopted_slate(lab["row"])
    assert verify_decision(slate.document.encode()).holds
    told = outcome_of(lab["requests"][2])
    assert (told.outcome, told.awards) == ("full", {GPU: 25 * HOUR})
    assert letters_to(lab["requests"][2], lab["bob"])[0].kind == "award"


def test_granting_again_after_an_appeal_pays_nothing_twice(lab):
    grant_round(row=lab["row"], by=lab["eve"], now=DATES.credits_start_at)
    rule(lab, appeal(lab), Verb.PART, share=Fraction(4, 5))
    rule(lab, appeal(lab, 1), Verb.PART, share=Fraction(4, 5))
    held = {s: balance_of(Key(Kind.PROJECT, s, GPU)) for s in ("alpha", "beta", "gamma")}
    assert held == {"alpha": 40 * HOUR, "beta": 32 * HOUR, "gamma": 20 * HOUR}
    grant_round(row=lab["row"], by=lab["eve"], now=DATES.credits_start_at + DAY)
    assert held == {s: balance_of(Key(Kind.PROJECT, s, GPU)) for s in held}


def test_an_appeal_upheld_before_grants_is_paid_with_them(lab):
    rule(lab, appeal(lab))
    assert balance_of(Key(Kind.PROJECT, "gamma", GPU)) == 0
    grant_round(row=lab["row"], by=lab["eve"], now=DATES.credits_start_at)
    assert balance_of(Key(Kind.PROJECT, "gamma", GPU)) == 25 * HOUR


def test_no_ruling_gives_less_than_the_minimum(lab):
    row = appeal(lab, 1)
    with pytest.raises(Refused) as refused:
        rule(lab, row, Verb.PART, share=Fraction(1, 10))
    assert code_of(refused) is Code.BELOW_MINIMUM
    assert find_appeal(row.ref).state == State.FILED


def test_a_ruling_that_the_reserve_cannot_pay_is_refused_with_what_is_left(lab):
    rule(lab, appeal(lab))
    row = appeal(lab, 1)
    with pytest.raises(Refused) as refused:
        rule(lab, row)
    assert code_of(refused) is Code.NOT_ENOUGH
    assert refused.value.refusals[0].numbers["left"] == 5 * HOUR


def test_a_ruling_needs_reasons(lab):
    row = appeal(lab)
    with pytest.raises(Refused) as refused:
        actions.propose_ruling(
            ref=row.ref,
            ruling=Verb.DISMISS,
            reasons=" ",
            by=sitting(row)[0].person,
            now=TOLD + DAY,
        )
    assert code_of(refused) is Code.REASON_MISSING


def test_only_who_was_drawn_rules(lab):
    row = appeal(lab)
    for name in ("eve", "bob"):
        with pytest.raises(Refused) as refused:
            rule(lab, row, by=lab[name])
        assert code_of(refused) is Code.NOT_ALLOWED


def test_who_steps_down_is_followed_by_the_next_of_the_draw(lab):
    row = appeal(lab)
    first = sitting(row)[0].person
    actions.recuse(ref=row.ref, why="We share a grant.", by=first, now=TOLD + DAY)
    second = sitting(find_appeal(row.ref))[0].person
    assert {first.username, second.username} == {"mia", "noa"}
    actions.recuse(ref=row.ref, why="So do we.", by=second, now=TOLD + DAY)
    assert [one.ref for one in short_of_deciders()] == [row.ref]
    for name, code in (("eve", Code.CONFLICT_OF_INTEREST), ("nobody", Code.NOT_FOUND)):
        with pytest.raises(Refused) as refused:
            actions.name_decider(ref=row.ref, person=name, by=lab["ops"], now=TOLD + DAY)
        assert code_of(refused) is code
    add_person(username="kim", name="Kim", roles=["board"])
    actions.name_decider(ref=row.ref, person="kim", by=lab["ops"], now=TOLD + DAY)
    assert [one.person.username for one in sitting(find_appeal(row.ref))] == ["kim"]


def test_a_chair_that_stays_empty_is_filled_by_time_once_somebody_is_free(lab):
    for name in ("mia", "noa"):
        lab[name].roles.all().delete()
    row = appeal(lab)
    assert sitting(row) == []
    add_person(username="kim", name="Kim", roles=["board"])
    assert actions.chase_appeals(now=TOLD + 2 * DAY) == [f"{row.ref}: kim decides"]
    assert actions.chase_appeals(now=TOLD + 2 * DAY) == []


def test_where_two_decide_both_sign(lab, monkeypatch):
    row = appeal(lab)
    row.wanted = 2
    row.save()
    actions.chase_appeals(now=TOLD + DAY)
    first, second = (one.person for one in sitting(row))
    assert rule(lab, row, by=first).state == State.PROPOSED
    assert [one.ref for one in decided_for(second)] == [row.ref]
    assert decided_for(first) == []
    done = actions.sign_ruling(ref=row.ref, by=second, now=TOLD + 2 * DAY)
    assert done.state == State.UPHELD


def test_an_appeal_outside_its_window_is_refused_with_the_way_on(lab):
    with pytest.raises(Refused) as refused:
        appeal(lab, now=DATES.appeals_until_at + 30 * DAY)
    assert code_of(refused) is Code.OUT_OF_RANGE
    assert "next round" in refused.value.refusals[0].remedy


def test_what_was_granted_in_full_is_not_appealed(lab):
    with pytest.raises(Refused) as refused:
        appeal(lab, 0, by="ann")
    assert code_of(refused) is Code.WRONG_STATE


def test_nobody_appeals_for_somebody_else(lab):
    with pytest.raises(Refused) as refused:
        appeal(lab, by="ann")
    assert code_of(refused) is Code.NOT_ALLOWED


def test_one_appeal_of_a_decision_is_heard(lab):
    appeal(lab)
    with pytest.raises(Refused) as refused:
        appeal(lab)
    assert code_of(refused) is Code.ALREADY_DONE


def test_a_corrected_minimum_is_what_the_ruling_is_weighed_against(lab):
    row = appeal(lab, 2, changed=Changed(minimum={GPU: 5 * HOUR}))
    done = rule(lab, row, Verb.PART, share=Fraction(1, 5))
    assert done.state == State.PARTLY
    assert awards(lab)[ref_of(lab, 2)] == {GPU: 5 * HOUR}
    assert done.again["others_count"] == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (Changed(minimum={"gpu:x": 1}), Code.OUT_OF_RANGE),
        (Changed(ask={GPU: 41 * HOUR}), Code.OUT_OF_RANGE),
        (Changed(minimum={GPU: 0}), Code.MINIMUM_ABOVE_ASK),
        (Changed(minimum={GPU: 39 * HOUR}), Code.MINIMUM_ABOVE_ASK),
    ],
)
def test_new_facts_that_cannot_be_are_refused(lab, changed, code):
    with pytest.raises(Refused) as refused:
        appeal(lab, changed=changed)
    assert code_of(refused) is code


def test_what_is_sent_back_waits_as_a_draft_in_the_next_round(lab):
    later = open_spring(lab["eve"], slug="summer")
    later.requests_close_at = TOLD + 30 * DAY
    later.save()
    row = rule(lab, appeal(lab), Verb.SEND_BACK)
    assert row.state == State.SENT_BACK
    (draft,) = [one for one in requests_of(lab["bob"]) if one.state == "draft"]
    assert (draft.round.slug, draft.title) == ("summer", "Gamma")


def test_an_overdue_answer_is_told_once(lab):
    row = appeal(lab)
    late = row.answer_by_at
    assert actions.chase_appeals(now=late) == [f"{row.ref}: its answer is overdue"]
    assert actions.chase_appeals(now=late + DAY) == []
    assert rule(lab, find_appeal(row.ref)).state == State.UPHELD


def test_every_step_is_kept_and_overturns_are_counted_by_area(lab):
    row = rule(lab, appeal(lab))
    assert [one.verb for one in steps_of(row)] == ["file", "draw", "propose", "sign", "uphold"]
    (stats,) = area_stats()
    assert (stats.area, stats.ruled, stats.overturned) == ("Foundations", 1, 1)
    assert (round(stats.low, 3), stats.high) == (0.025, 1.0)
    assert counts() == (1, 1, 0)


def test_a_round_ends_by_itself_once_nobody_may_appeal_and_no_appeal_is_open(lab):
    row = lab["row"]
    filed = appeal(lab)
    over = row.appeals_until_at
    assert actions.end_rounds(now=over - DAY) == []
    assert actions.end_rounds(now=over) == []  # an appeal is open
    actions.withdraw_appeal(ref=filed.ref, by=lab["bob"], now=over)
    assert actions.end_rounds(now=over) == ["spring closed"]
    assert actions.end_rounds(now=over) == []
    row.refresh_from_db()
    assert row.state == "closed"
    assert current_round(over).pk == row.pk  # whose credits are being spent


def test_a_round_does_not_end_while_an_outcome_is_held_back(lab):
    row = lab["row"]
    HeldBack.objects.create(
        slate=adopted_slate(row),
        request=lab["requests"][0],
        reason="Its lead is away.",
        until_at=row.appeals_until_at + DAY,
        by=lab["eve"],
        at=TOLD,
    )
    Request.objects.filter(pk=lab["requests"][0].pk).update(state="submitted")
    assert actions.end_rounds(now=row.appeals_until_at) == []


def test_a_closed_round_takes_no_appeal_though_the_clock_steps_back(lab):
    assert actions.end_rounds(now=lab["row"].appeals_until_at) == ["spring closed"]
    with pytest.raises(Refused, match="closed") as error:
        appeal(lab)
    assert [one.code for one in error.value.refusals] == [Code.WRONG_STATE]
