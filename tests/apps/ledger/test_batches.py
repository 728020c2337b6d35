"""Large batches: the quick way and the exact rules come to the same, on rows and in dicts."""

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.apps.ledger import actions
from apportion.apps.ledger.actions import post_columns, post_transfers, seal
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Account, Transfer
from apportion.apps.ledger.queries import key_of, root, tip
from apportion.core.ledger import Key, Kind, TransferCode, post_hold, reversal
from apportion.core.ledger.columns import place_legs, to_columns
from apportion.core.refusals import Code, Refused
from tests.apps.small_lab import NOW
from tests.core.ledger_books import (
    ALPHA,
    BETA,
    ELSEWHERE,
    ISSUED,
    POOL,
    USED,
    PlainBooks,
    hold,
    leg,
)
from tests.core.test_ledger import transfers

NOW_US = int(NOW.timestamp()) * 1_000_000
many = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ROOT = "331 cc767d8a62e862e0ebef449229de66ad9f463f8dd1966fa5acad570eaf56c522"
START = [leg(100, ISSUED, POOL, 100), leg(101, POOL, ALPHA, 40)]


@pytest.fixture
def quick(monkeypatch):
    """Sends every batch, however small, the quick way first."""
    monkeypatch.setattr(actions, "MANY", 0)


@pytest.fixture(autouse=True)
def salted(settings):
    settings.APPORTION_SALT = bytes  # zeros: the same words give the same leaves


def sensible():
    """Draws transfers of which most batches are acceptable whole."""
    pairs = [(ISSUED, POOL), (POOL, ALPHA), (POOL, BETA), (ALPHA, USED), (POOL, ELSEWHERE)]
    return st.builds(
        lambda number, pair, amount, group: leg(number, *pair, amount, group=group),
        st.integers(0, 400),
        st.sampled_from(pairs[:4] * 5 + pairs[4:]),
        st.integers(1, 12),
        st.sampled_from(["", "", "a", "b"]),
    )


def books_on_rows():
    counters = {
        key_of(row): (row.debits, row.credits, row.debits_pending, row.credits_pending)
        for row in Account.objects.all()
    }
    return {key: parts for key, parts in counters.items() if any(parts)}


def came_to(posted):
    return posted.accepted, posted.legs, posted.existing, posted.refusals


@pytest.mark.django_db
@many
@given(st.lists(st.lists(sensible(), max_size=15) | st.lists(transfers(), max_size=8), max_size=3))
def test_rows_hold_what_the_rules_alone_come_to_whichever_way_they_were_written(batches):
    ways = []
    for size in (0, 10**9):
        plain = PlainBooks()
        with pytest.MonkeyPatch.context() as patch, transaction.atomic():
            patch.setattr(actions, "MANY", size)
            for number, batch in enumerate([START, *batches]):
                now = NOW_US + number * 1_000_000
                posted = post_transfers(
                    batch, now=actions.from_epoch_us(now), actor="ops", partial=True
                )
                assert came_to(posted) == came_to(plain.post(batch, now_us=now))
            assert books_on_rows() == {k: v for k, v in plain.counters().items() if any(v)}
            assert audit_books().differences == ()
            ways.append((plain.log, tip().transfers))
            transaction.set_rollback(True)
    assert ways[0] == ways[1]


@pytest.mark.django_db
def test_both_ways_seal_the_same_journal(monkeypatch):
    post_transfers(START, now=NOW, actor="ops")  # opens the accounts: their numbers are sealed
    batch = [leg(n, ISSUED, POOL, n + 1, group=f"g{n // 3}", note="why") for n in range(300, 600)]
    roots = []
    for size in (0, 10**9):
        monkeypatch.setattr(actions, "MANY", size)
        with transaction.atomic():
            post_transfers(batch, now=NOW, actor="ops", memo="import")
            roots.append(root())
            transaction.set_rollback(True)
    assert roots[0] == roots[1]


@pytest.mark.django_db
def test_columns_are_posted_whole_or_refused_whole(quick):
    post_transfers(START, now=NOW, actor="ops")
    numbers = {key_of(row): row.pk for row in Account.objects.all()}
    legs = [leg(n, ALPHA, POOL, 1) for n in range(40)]
    columns = to_columns(legs, place_legs(legs), numbers)
    assert post_columns(columns, now=NOW, actor="ops") is None
    again = post_columns(columns, now=NOW, actor="ops")
    assert again is not None
    assert len(again.existing) == 40
    before = root()
    more = [leg(n, ALPHA, POOL, 1) for n in range(50, 60)]
    with pytest.raises(Refused) as error:
        post_columns(to_columns(more, place_legs(more), numbers), now=NOW, actor="ops")
    assert {refusal.code for refusal in error.value.refusals} == {Code.NOT_ENOUGH}
    assert (root(), audit_books().differences) == (before, ())


@pytest.mark.django_db
def test_columns_that_name_no_account_are_refused(quick):
    post_transfers(START, now=NOW, actor="ops")
    numbers = {key_of(row): row.pk for row in Account.objects.all()}
    legs = [leg(1, ALPHA, POOL, 1)]
    columns = to_columns(legs, (0,), {**numbers, POOL: 999_999})
    with pytest.raises(Refused) as error:
        post_columns(columns, now=NOW, actor="ops")
    assert error.value.refusals[0].code is Code.ACCOUNT_UNKNOWN


@pytest.mark.django_db
def test_amounts_that_no_float_can_hold_are_counted_to_the_unit(quick):
    near = 2**62 - 3
    post_transfers([leg(1, ISSUED, POOL, near), leg(2, ISSUED, POOL, 2)], now=NOW, actor="ops")
    assert Account.objects.get(kind="pool").credits == near + 2
    batch = [leg(3, ISSUED, POOL, near), leg(4, ISSUED, POOL, near)]
    with pytest.raises(Refused) as error:
        post_transfers(batch, now=NOW, actor="ops")
    assert error.value.refusals[0].code is Code.OUT_OF_RANGE
    assert Account.objects.get(kind="pool").credits == near + 2


@pytest.mark.django_db
def test_a_long_batch_makes_tiles_and_every_leaf_is_recomputed_from_its_row(quick):
    batch = [
        leg(n, ISSUED, POOL, n + 1, note=f"number {n}" if n % 50 == 0 else "") for n in range(5_000)
    ]
    post_transfers(batch, now=NOW, actor="ops", memo="import")
    seal("decision", "d", b"adopted")
    post_transfers([leg(9_000, POOL, ALPHA, 7)], now=NOW, actor="ops")
    assert audit_books().differences == ()
    seqs = np.array(sorted(Transfer.objects.values_list("seq", flat=True)))
    assert len(seqs) == 5_001
    assert tip().size == 5_001 + 3 + 1


@pytest.mark.django_db
def test_time_in_the_books_goes_forward_though_the_clock_steps_back():
    for number, back in enumerate([0, 3600, 7200]):
        now = actions.from_epoch_us(NOW_US - back * 1_000_000)
        post_transfers([leg(number, ISSUED, POOL, 1)], now=now, actor="ops")
    times = [
        row.posting.recorded_us
        for row in Transfer.objects.select_related("posting").order_by("seq")
    ]
    assert times == [NOW_US, NOW_US + 1, NOW_US + 2]


@pytest.mark.django_db
def test_a_project_named_by_hostile_text_is_an_account_like_others():
    odd = Key(Kind.PROJECT, "=cmd|'/c'!A1 \N{SNOWMAN} \"'; DROP TABLE", "gpu:h100")
    post_transfers(
        [leg(1, ISSUED, odd, 5, code=TransferCode.GRANT, note="it's \N{SNOWMAN}")],
        now=NOW,
        actor="o",
    )
    assert audit_books().differences == ()


@pytest.mark.django_db
def test_the_same_calls_give_the_same_journal_on_every_database():
    held = hold(5, ALPHA, USED, 9, until=NOW_US + 5_000_000, note="job 7")
    calls = [
        START,
        [leg(n, ISSUED, POOL, n, group=f"g{n // 2}") for n in range(200, 520)],
        [held, leg(6, POOL, BETA, 3)],
        [post_hold(held, amount=4, code=TransferCode.SETTLE, effective_us=NOW_US)],
        [reversal(START[1], effective_us=NOW_US), leg(8, ISSUED, ELSEWHERE, 1)],
        [hold(9, POOL, BETA, 2, until=NOW_US + 5_000_000)],
        [leg(10, POOL, ALPHA, 1)],
    ]
    for number, call in enumerate(calls):
        now = actions.from_epoch_us(NOW_US + number * 1_000_000)
        post_transfers(call, now=now, actor="ops", memo=f"call {number}", partial=True)
    assert audit_books().differences == ()
    assert f"{tip().size} {root().hex()}" == ROOT
