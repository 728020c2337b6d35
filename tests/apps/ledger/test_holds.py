"""Holds whose time is over: they lapse by themselves and hinder nobody, whoever they were for."""

import pytest
from django.db import transaction

from apportion.apps.ledger import actions
from apportion.apps.ledger.actions import close_account, expire_holds, post_transfers
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.closing import Facts, close_period, open_period, preview_close
from apportion.apps.ledger.models import Account, Hold
from apportion.apps.ledger.queries import balance_of, root
from apportion.apps.ledger.writer_group import GroupWriter, _Ticket
from apportion.core.ledger import TransferCode, post_hold
from apportion.core.refusals import Code, Refused
from apportion.core.windows import Window, from_epoch_us
from tests.apps.small_lab import NOW
from tests.core.ledger_books import ALPHA, BETA, ISSUED, POOL, USED, hold, leg

pytestmark = pytest.mark.django_db
NOW_US = int(NOW.timestamp()) * 1_000_000
LATER = from_epoch_us(NOW_US + 10_000)
FUNDED = [
    leg(n, *pair, effective_us=NOW_US)
    for n, pair in ((1, (ISSUED, POOL, 100)), (2, (POOL, ALPHA, 40)))
]


def post(*legs, now=NOW):
    return post_transfers(legs, now=now, actor="ops")


@pytest.fixture(autouse=True)
def held():
    """Of the 40 that alpha has 30 are held for what it uses, for a hundred microseconds."""
    post(*FUNDED)
    one = hold(4, ALPHA, USED, 30, until=NOW_US + 100)
    post(one)
    return one


def test_what_lapsed_can_be_spent_on_somebody_for_whom_it_was_not_held():
    posted = post(leg(5, ALPHA, BETA, 40), now=LATER)
    assert [one.code for one in posted.expired] == [TransferCode.EXPIRE]
    assert (balance_of(ALPHA), balance_of(BETA), balance_of(USED)) == (0, 40, 0)
    assert audit_books().differences == ()


def test_an_account_is_closed_although_a_hold_that_lapsed_was_still_on_it():
    close_account(USED, now=LATER)
    assert Account.objects.get(kind="consumed").closed_at
    assert not Hold.objects.filter(open=True).exists()
    assert audit_books().differences == ()


def test_an_account_on_which_something_is_held_is_not_closed_and_nothing_changes():
    post(leg(5, ALPHA, BETA, 5), hold(6, BETA, USED, 5, until=NOW_US + 10**6))
    before = root()
    with pytest.raises(Refused) as error:
        close_account(USED, now=LATER)
    assert (error.value.refusals[0].code, root()) == (Code.WRONG_STATE, before)


def test_a_hold_that_ends_while_a_group_is_recorded_is_not_posted_after_its_end(held):
    """Postings of one commit are recorded an instant apart: the last may come after the end."""
    calls = [[leg(10 + n, ISSUED, POOL, 1)] for n in range(200)]
    calls.append([post_hold(held, amount=1, code=TransferCode.SETTLE, effective_us=NOW_US)])
    tickets = [_Ticket(legs=legs, actor="ops", memo="", now=NOW) for legs in calls]
    GroupWriter()._post_together(tickets)
    assert [refusal.code for refusal in tickets[-1].posted.refusals] == [Code.HOLD_EXPIRED]
    assert audit_books().differences == ()


@pytest.mark.parametrize("size", [0, 10**9])
def test_what_is_due_is_released_whichever_way_a_batch_is_written(monkeypatch, size):
    monkeypatch.setattr(actions, "MANY", size)
    post(*(leg(10 + n, POOL, ALPHA, 1) for n in range(10)), now=LATER)
    assert Account.objects.get(kind="project", owner="alpha").debits_pending == 0


def test_sweeping_releases_each_hold_once(held):
    assert expire_holds(now=NOW) == 0
    with transaction.atomic():
        assert (expire_holds(now=LATER), expire_holds(now=LATER)) == (1, 0)
    assert audit_books().differences == ()


def test_what_was_held_and_lapsed_before_a_period_ended_lapses_with_it(folk):
    window, ops = Window(starts_at=NOW, ends_at=LATER), folk["ops"]
    open_period(name="spring", window=window, round_row=None, by=ops, now=NOW)
    gather = lambda row: Facts()  # noqa: E731
    close = {"name": "spring", "gather": gather}
    told = preview_close(**close)
    assert close_period(**close, by=ops, now=LATER).fates == told.fates
    assert balance_of(ALPHA) == 0
    assert audit_books().differences == ()
