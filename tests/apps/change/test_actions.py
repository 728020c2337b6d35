"""Changes after an award: asked by the project, answered by others, posted at once."""

from datetime import timedelta

import pytest

from apportion.apps.apply.owing import owed_since
from apportion.apps.apply.queries import projects_of
from apportion.apps.change import actions, reports, winding
from apportion.apps.change.queries import (
    added_beyond,
    counts,
    find_change,
    notices_for,
    steps_of,
    waiting_for,
)
from apportion.apps.ledger.queries import balance_of
from apportion.apps.people.actions import add_person
from apportion.apps.report.period_end import gather_facts
from apportion.core.change.asking import What, Wish
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from tests.apps.directive.lab import START, spend
from tests.apps.small_lab import DATES, GPU, HOUR, NOW, POLICY, open_spring

DAY = timedelta(days=1)
CHANGES = "[reserve]\nappeals = 0.05\n[changes]\nreport_days = 30\ngrace_days = 5\n"
NEXT = POLICY.replace("Spring", "Summer")


@pytest.fixture
def lab(folk):
    """The office while credits are spent, with another board member."""
    folk["row"] = spend(folk, policy=POLICY + CHANGES)
    folk["mia"] = add_person(username="mia", name="Mia", roles=["board"])
    return folk


def wish(what, **given):
    return Wish(**{"what": What(what), "project": "alpha", "resource": GPU, **given})


def ask(lab, what, **given):
    by = given.pop("by", lab["ann"])
    return actions.ask_change(wish=wish(what, **given), why="The runs need it.", by=by, now=START)


def answer(lab, row, *, grant=True, why="Fine.", by="mia", now=START):
    return actions.answer_change(ref=row.ref, grant=grant, why=why, by=lab[by], now=now)


def waits(person):
    return waiting_for(person, {one.pk for one in projects_of(person)})


def noticed(person):
    return notices_for(person, {one.pk for one in projects_of(person)})


def code_of(refused):
    return refused.value.refusals[0].code


def left(slug, kind=Kind.PROJECT):
    return balance_of(Key(kind, slug, GPU))


def test_a_supplement_is_paid_out_of_the_pool_once_granted(lab):
    before, pool = left("alpha"), left("spring", Kind.POOL)
    row = ask(lab, "supplement", amount=2 * HOUR)
    assert left("alpha") == before
    answer(lab, row)
    assert left("alpha") == before + 2 * HOUR
    assert left("spring", Kind.POOL) == pool - 2 * HOUR
    assert [step.verb for step in steps_of(row.ref)] == ["ask", "grant"]


def test_supplements_together_stay_within_their_share_of_the_grant(lab):
    answer(lab, ask(lab, "supplement", amount=2 * HOUR))
    with pytest.raises(Refused) as refused:
        ask(lab, "supplement", amount=2 * HOUR)
    assert code_of(refused) is Code.OUT_OF_RANGE
    assert refused.value.refusals[0].numbers["at_most"] == HOUR


def test_a_supplement_is_weighed_again_when_it_is_answered(lab):
    first, second = (ask(lab, "supplement", amount=2 * HOUR) for _ in range(2))
    answer(lab, first)
    with pytest.raises(Refused) as refused:
        answer(lab, second)
    assert code_of(refused) is Code.OUT_OF_RANGE
    assert find_change(second.ref).state == "asked"


def test_who_asked_or_works_on_it_does_not_answer(lab):
    lab["ann"].roles.create(kind="board")
    row = ask(lab, "supplement", amount=HOUR)
    del lab["ann"].__dict__["_roles"]
    with pytest.raises(Refused) as refused:
        answer(lab, row, by="ann")
    assert code_of(refused) is Code.CONFLICT_OF_INTEREST


def test_a_refusal_says_why(lab):
    row = ask(lab, "supplement", amount=HOUR)
    with pytest.raises(Refused) as refused:
        answer(lab, row, grant=False, why="  ")
    assert code_of(refused) is Code.REASON_MISSING
    answer(lab, row, grant=False, why="Use beta's first; then ask again.")
    assert find_change(row.ref).state == "refused"


def test_nobody_asks_for_somebody_elses_project(lab):
    with pytest.raises(Refused) as refused:
        ask(lab, "supplement", amount=HOUR, by=lab["bob"])
    assert code_of(refused) is Code.NOT_ALLOWED


def test_a_transfer_needs_the_other_side_and_then_the_board(lab):
    row = ask(lab, "transfer", amount=3 * HOUR, other="chat")
    with pytest.raises(Refused) as refused:
        answer(lab, row)
    assert code_of(refused) is Code.WRONG_STATE
    assert [one.ref for one in waits(lab["bob"])] == [row.ref]
    assert waits(lab["mia"]) == []
    actions.agree_change(ref=row.ref, by=lab["bob"], now=START)
    assert [one.ref for one in waits(lab["mia"])] == [row.ref]
    alpha, chat = left("alpha"), left("chat")
    answer(lab, row)
    assert (left("alpha"), left("chat")) == (alpha - 3 * HOUR, chat + 3 * HOUR)


def test_a_transfer_stays_under_the_cap_of_the_area_that_gets_it(lab):
    used = left("chat")
    room = 60 * HOUR - used
    with pytest.raises(Refused) as refused:
        ask(lab, "transfer", project="beta", amount=room + HOUR, other="chat")
    assert code_of(refused) in {Code.OUT_OF_RANGE, Code.NOT_ENOUGH}


def test_two_transfers_of_the_same_credits_are_not_both_granted(lab):
    whole = left("alpha")
    first, second = (ask(lab, "transfer", amount=whole, other="beta") for _ in range(2))
    for row in (first, second):
        actions.agree_change(ref=row.ref, by=lab["ann"], now=START)
    answer(lab, first)
    with pytest.raises(Refused) as refused:
        answer(lab, second)
    assert code_of(refused) is Code.NOT_ENOUGH
    assert left("alpha") == 0


def test_an_extension_lets_credits_outlive_their_period(lab):
    until = DATES.credits_end_at + 30 * DAY
    answer(lab, ask(lab, "supplement", amount=HOUR))
    answer(lab, ask(lab, "extension", until=until))
    beyond = added_beyond(DATES.credits_end_at + DAY)
    assert beyond == {Key(Kind.PROJECT, "alpha", GPU): HOUR}

    class Period:
        ends_at = DATES.credits_end_at + DAY
        round = lab["row"]

    kept = gather_facts(Period, told={}, final=False).unexpired
    assert kept == {Key(Kind.PROJECT, "alpha", GPU): 12 * HOUR + HOUR}


def test_extensions_together_stay_within_the_policys_days(lab):
    end = DATES.credits_end_at
    answer(lab, ask(lab, "extension", until=end + 60 * DAY))
    with pytest.raises(Refused) as refused:
        ask(lab, "extension", until=end + 91 * DAY)
    assert code_of(refused) is Code.OUT_OF_RANGE


def test_an_advance_is_paid_back_when_the_next_round_pays(lab):
    with pytest.raises(Refused) as refused:
        ask(lab, "advance", amount=HOUR)
    assert code_of(refused) is Code.NOT_ELIGIBLE
    later = open_spring(lab["eve"], policy=NEXT, slug="summer")
    later.credits_start_at, later.credits_end_at = START + 30 * DAY, START + 120 * DAY
    later.save()
    before, pool = left("alpha"), left("spring", Kind.POOL)
    answer(lab, ask(lab, "advance", amount=2 * HOUR))
    assert left("alpha") == before + 2 * HOUR
    assert actions.collect_advances(now=START + 29 * DAY) == []
    assert len(actions.collect_advances(now=START + 30 * DAY)) == 1
    assert (left("alpha"), left("spring", Kind.POOL)) == (before, pool)
    assert actions.collect_advances(now=START + 31 * DAY) == []


def test_a_return_is_carried_out_at_once_and_may_be_undone_for_some_days(lab):
    before, pool = left("alpha"), left("spring", Kind.POOL)
    row = ask(lab, "return", amount=4 * HOUR)
    assert row.state == "granted"
    assert (left("alpha"), left("spring", Kind.POOL)) == (before - 4 * HOUR, pool + 4 * HOUR)
    actions.undo_return(ref=row.ref, by=lab["ann"], now=START + 6 * DAY)
    assert (left("alpha"), left("spring", Kind.POOL)) == (before, pool)
    again = ask(lab, "return", amount=HOUR)
    with pytest.raises(Refused) as refused:
        actions.undo_return(ref=again.ref, by=lab["ann"], now=START + 7 * DAY)
    assert code_of(refused) is Code.WRONG_STATE


def test_an_overdue_answer_is_told_once_and_costs_the_project_nothing(lab):
    row = ask(lab, "supplement", amount=HOUR)
    assert actions.chase_changes(now=START + 13 * DAY) == []
    assert actions.chase_changes(now=START + 14 * DAY) == [f"{row.ref}: its answer is overdue"]
    assert actions.chase_changes(now=START + 15 * DAY) == []
    answer(lab, row, now=START + 20 * DAY)
    assert find_change(row.ref).state == "granted"


def test_an_ask_is_withdrawn_by_its_project_and_then_stays_so(lab):
    row = ask(lab, "supplement", amount=HOUR)
    actions.withdraw_change(ref=row.ref, by=lab["ann"], now=START)
    with pytest.raises(Refused) as refused:
        answer(lab, row)
    assert code_of(refused) is Code.WRONG_STATE


@pytest.mark.parametrize("amount", [0, -HOUR, 2**62])
def test_an_amount_that_cannot_be_is_refused(lab, amount):
    with pytest.raises(Refused):
        ask(lab, "return", amount=amount)


def give(lab, *, days=28, by="eve"):
    return winding.give_notice(
        project="beta",
        reason="Its question is answered.",
        last_at=START + days * DAY,
        by=lab[by],
        now=START,
    )


def test_a_project_winds_down_with_notice_reply_and_a_second_person(lab):
    row = give(lab)
    assert [one.ref for one in noticed(lab["ann"])] == [row.ref]
    with pytest.raises(Refused) as early:
        winding.confirm_notice(ref=row.ref, by=lab["mia"], now=START + DAY)
    assert code_of(early) is Code.WRONG_STATE
    winding.reply_notice(ref=row.ref, words="We need May.", by=lab["ann"], now=START + DAY)
    with pytest.raises(Refused) as alone:
        winding.confirm_notice(ref=row.ref, by=lab["eve"], now=START + DAY)
    assert code_of(alone) is Code.CONFLICT_OF_INTEREST
    winding.confirm_notice(ref=row.ref, by=lab["mia"], now=START + DAY)
    had, pool = left("beta"), left("spring", Kind.POOL)
    assert winding.close_due(now=START + 27 * DAY) == []
    assert winding.close_due(now=START + 28 * DAY) == ["beta: wound down"]
    assert (left("beta"), left("spring", Kind.POOL)) == (0, pool + had)
    assert winding.close_due(now=START + 29 * DAY) == []
    with pytest.raises(Refused) as over:
        ask(lab, "transfer", amount=HOUR, other="beta")
    assert code_of(over) is Code.WRONG_STATE
    assert counts()["winddown closed"] == 1


def test_a_notice_is_as_long_as_the_policy_says(lab):
    with pytest.raises(Refused) as refused:
        give(lab, days=27)
    assert code_of(refused) is Code.OUT_OF_RANGE


def test_only_the_project_makes_its_end_sooner(lab):
    row = give(lab)
    sooner = START + 3 * DAY
    with pytest.raises(Refused) as refused:
        winding.hasten_notice(ref=row.ref, last_at=sooner, by=lab["eve"], now=START)
    assert code_of(refused) is Code.NOT_ALLOWED
    winding.hasten_notice(ref=row.ref, last_at=sooner, by=lab["ann"], now=START)
    winding.reply_notice(ref=row.ref, words="Fine.", by=lab["ann"], now=START)
    winding.confirm_notice(ref=row.ref, by=lab["mia"], now=START)
    assert winding.close_due(now=sooner) == ["beta: wound down"]


def test_a_withdrawn_notice_leaves_the_project_as_it_was(lab):
    row, had = give(lab), left("beta")
    winding.withdraw_notice(ref=row.ref, by=lab["eve"], now=START + DAY)
    assert winding.close_due(now=START + 40 * DAY) == []
    assert left("beta") == had
    assert give(lab).ref == "beta-winddown-2"


def test_one_notice_runs_at_a_time(lab):
    give(lab)
    with pytest.raises(Refused) as refused:
        give(lab)
    assert code_of(refused) is Code.WRONG_STATE


def test_a_report_is_owed_until_it_is_filed_with_the_books_figures(lab):
    due = DATES.credits_start_at + 30 * DAY
    assert reports.note_reports(now=due + 4 * DAY) == []
    late = due + 5 * DAY
    assert len(reports.note_reports(now=late)) == 3
    assert reports.note_reports(now=late) == []
    assert {one.project.slug for one in owed_since(late)} == {"alpha", "beta", "chat"}
    report = reports.file_report(
        project="alpha", done="It works.", outcomes="", coming="", by=lab["ann"], now=late
    )
    assert report.number == 1
    assert report.figures == {GPU: {"granted": 12 * HOUR, "left": 12 * HOUR}}
    assert {one.project.slug for one in owed_since(late)} == {"beta", "chat"}
    with pytest.raises(Refused) as refused:
        reports.file_report(
            project="alpha", done="More.", outcomes="", coming="", by=lab["ann"], now=late
        )
    assert code_of(refused) is Code.WRONG_STATE


def test_nothing_changes_before_a_round_has_granted_something(folk):
    open_spring(folk["eve"])
    from tests.apps.small_lab import file_request

    file_request(open_spring(folk["eve"], slug="other"), folk["ann"], "alpha")
    with pytest.raises(Refused) as refused:
        actions.ask_change(
            wish=wish("supplement", amount=HOUR), why="Why not.", by=folk["ann"], now=NOW
        )
    assert code_of(refused) is Code.ROUND_NOT_OPEN
