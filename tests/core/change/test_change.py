"""Lives of changes and notices: every edge of the tables, every refusal, and reports by the day."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.change import asking, winddown
from apportion.core.change.asking import Ask, Facts, State, Verb, What, check_ask, leg_of
from apportion.core.change.progress import Due, reports_of
from apportion.core.change.rules import Rules
from apportion.core.change.winddown import Move, Notice, Stage
from apportion.core.ids import ProjectId, ResourceCode, RoundId
from apportion.core.refusals import Code, Refusal
from apportion.core.windows import Window

NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)
amounts = st.integers(min_value=0, max_value=10**12)


def ask(what, amount=10, **more):
    return Ask(
        ref="a-1",
        what=what,
        project=ProjectId("a"),
        resource=ResourceCode("gpu"),
        amount=amount,
        round=RoundId("spring"),
        **more,
    )


def facts(**given):
    usual = {
        "granted": 100,
        "available": 50,
        "before": 0,
        "pool": 1000,
        "room": None,
        "ends_at": NOW + 60 * DAY,
        "first_end": NOW + 60 * DAY,
        "next_at": NOW + 61 * DAY,
    }
    return Facts(**usual | given)


@pytest.mark.parametrize(("what", "state", "verb"), list(product(What, State, Verb)))
def test_every_step_of_a_change_is_in_the_table_or_refused_in_words(what, state, verb):
    after = asking.take_step("a-1", what, state, verb)
    if isinstance(after, Refusal):
        assert after.code is Code.WRONG_STATE
        assert after.remedy
        return
    assert after is asking.STEPS[state, verb]
    assert not (verb is Verb.UNDO and what is not What.RETURN)
    assert not (verb is Verb.AGREE and what is not What.TRANSFER)


def test_a_change_that_is_over_stays_over():
    over = {State.REFUSED, State.WITHDRAWN, State.UNDONE}
    assert not [state for state, _ in asking.STEPS if state in over]


@given(amounts, amounts, amounts, amounts)
def test_no_supplement_passes_its_share_or_the_pool(amount, granted, before, pool):
    held = facts(granted=granted, before=before, pool=pool)
    rules = Rules()
    if not check_ask(ask(What.SUPPLEMENT, amount), held, rules, now=NOW):
        assert before + amount <= granted * rules.supplement_share
        assert 0 < amount <= pool


@given(amounts, amounts, st.none() | amounts)
def test_no_transfer_takes_more_than_is_left_or_breaks_a_cap(amount, available, room):
    held = facts(available=available, room=room)
    found = check_ask(ask(What.TRANSFER, amount, other=ProjectId("b")), held, Rules(), now=NOW)
    if not found:
        assert 0 < amount <= available
        assert room is None or amount <= room


@pytest.mark.parametrize(
    ("what", "more", "held", "code"),
    [
        (What.SUPPLEMENT, {"amount": 0}, {}, Code.OUT_OF_RANGE),
        (What.SUPPLEMENT, {"amount": -1}, {}, Code.OUT_OF_RANGE),
        (What.SUPPLEMENT, {}, {"granted": 0}, Code.NOT_ELIGIBLE),
        (What.SUPPLEMENT, {}, {"closed": ("a",)}, Code.WRONG_STATE),
        (What.SUPPLEMENT, {}, {"ends_at": NOW}, Code.WRONG_STATE),
        (What.SUPPLEMENT, {"amount": 26}, {}, Code.OUT_OF_RANGE),
        (What.SUPPLEMENT, {}, {"pool": 9}, Code.NOT_ENOUGH),
        (What.SUPPLEMENT, {}, {"room": 9}, Code.OUT_OF_RANGE),
        (What.EXTENSION, {}, {}, Code.INCOMPLETE),
        (What.EXTENSION, {"until": NOW + 60 * DAY}, {}, Code.OUT_OF_RANGE),
        (What.EXTENSION, {"until": NOW + 151 * DAY}, {}, Code.OUT_OF_RANGE),
        (What.EXTENSION, {"until": NOW + 61 * DAY}, {"ends_at": None}, Code.NOT_ELIGIBLE),
        (What.EXTENSION, {"until": NOW + 61 * DAY}, {"ends_at": NOW}, Code.WRONG_STATE),
        (What.EXTENSION, {"until": NOW + 61 * DAY}, {"available": 0}, Code.NOT_ENOUGH),
        (What.TRANSFER, {}, {}, Code.INCOMPLETE),
        (What.TRANSFER, {"other": ProjectId("a")}, {}, Code.INCOMPLETE),
        (What.TRANSFER, {"other": ProjectId("b")}, {"closed": ("b",)}, Code.WRONG_STATE),
        (What.ADVANCE, {}, {"next_at": None}, Code.NOT_ELIGIBLE),
        (What.ADVANCE, {"amount": 26}, {}, Code.OUT_OF_RANGE),
        (What.ADVANCE, {}, {"pool": 9}, Code.NOT_ENOUGH),
        (What.RETURN, {"amount": 51}, {}, Code.NOT_ENOUGH),
    ],
)
def test_what_cannot_be_is_refused_with_its_code_and_a_way_on(what, more, held, code):
    found = check_ask(ask(what, **more), facts(**held), Rules(), now=NOW)
    assert code in {one.code for one in found}
    assert all(one.remedy for one in found)


def test_an_extension_and_an_advance_move_nothing_by_a_leg_of_their_own():
    for what in (What.EXTENSION, What.ADVANCE):
        assert leg_of(ask(what, until=NOW), now=NOW) is None


@pytest.mark.parametrize(("stage", "move"), list(product(Stage, Move)))
def test_every_move_of_a_notice_is_in_the_table_or_refused_in_words(stage, move):
    notice = Notice(project=ProjectId("a"), stage=stage, noticed_at=NOW, last_at=NOW + 30 * DAY)
    after = winddown.take_move(notice, move)
    if (stage, move) in winddown.STEPS:
        assert after is winddown.STEPS[stage, move]
    else:
        assert isinstance(after, Refusal)


@given(st.integers(min_value=-100, max_value=1000))
def test_nobody_gets_less_notice_than_the_policy_promises(days):
    refusal = winddown.check_notice(
        ProjectId("a"), last_at=NOW + days * DAY, rules=Rules(), now=NOW
    )
    assert (refusal is None) == (28 <= days <= winddown.LONGEST_NOTICE_DAYS)


def test_a_notice_is_due_only_once_confirmed():
    def at(stage):
        return Notice(project=ProjectId("a"), stage=stage, noticed_at=NOW, last_at=NOW)

    assert [stage for stage in Stage if winddown.is_due(at(stage), now=NOW)] == [Stage.CONFIRMED]


@given(
    st.integers(min_value=1, max_value=400),
    st.integers(min_value=1, max_value=400),
    st.integers(min_value=-50, max_value=600),
)
def test_reports_cover_the_grant_and_the_last_falls_on_its_end(step, length, day):
    window = Window(starts_at=NOW, ends_at=NOW + length * DAY)
    reports = reports_of(window, Rules(report_days=step), filed=(), now=NOW + day * DAY)
    assert [one.number for one in reports] == list(range(1, len(reports) + 1))
    assert reports[-1].due_at == window.ends_at
    assert all(b.due_at > a.due_at for a, b in pairwise(reports))
    for one in reports:
        late = NOW + day * DAY >= one.due_at + timedelta(days=14)
        assert (one.standing is Due.OVERDUE) == late


def test_no_report_is_asked_where_the_policy_asks_for_none():
    window = Window(starts_at=NOW, ends_at=NOW + 90 * DAY)
    assert reports_of(window, Rules(), filed=(), now=NOW) == ()
