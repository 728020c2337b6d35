"""The rules of the books, as properties over random batches."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ledger import (
    Kind,
    TransferCode,
    expire_hold,
    post_hold,
    reversal,
    total_by_unit,
    void_hold,
)
from apportion.core.refusals import Code
from tests.core.ledger_books import (
    ALPHA,
    BETA,
    ELSEWHERE,
    ISSUED,
    KEYS,
    NOW,
    OVER,
    POOL,
    USED,
    PlainBooks,
    hold,
    leg,
)

LARGEST = 2**63 - 1


@st.composite
def transfers(draw):
    """Draws transfers of every code, most of them sensible, about ids that may exist."""
    number = draw(st.integers(0, 15))
    code = draw(st.sampled_from(list(TransferCode) + [TransferCode.GRANT, TransferCode.HOLD] * 4))
    about = draw(st.none() | st.integers(0, 15).map(lambda n: n.to_bytes(16, "big")))
    return leg(
        number,
        draw(st.sampled_from(KEYS)),
        draw(st.sampled_from(KEYS)),
        draw(st.integers(-1, 60)),
        code=code,
        about=about if code is not TransferCode.HOLD else None,
        expires_us=NOW + draw(st.integers(-1, 30)) if code is TransferCode.HOLD else 0,
        group=draw(st.sampled_from(["", "", "both"])),
        balancing=draw(st.sampled_from([False, False, True])),
    )


batches = st.lists(transfers(), max_size=25)
FUNDED = [leg(100, ISSUED, POOL, 100), leg(101, POOL, ALPHA, 40)]


def funded(*legs):
    """Gives books in which alpha has 40, and posts more."""
    books = PlainBooks()
    books.post(FUNDED)
    return books, books.post(legs)


def codes(posted):
    return [refusal.code for refusal in posted.refusals]


def regrouped(posted):
    """Gives what was accepted, each group under a name of its own."""
    group, legs = 0, []
    for one, place in zip(posted.accepted, posted.legs, strict=True):
        group += place == 1
        legs.append(replace(one, group=f"g{group}" if place else ""))
    return legs


@given(st.lists(st.tuples(batches, st.integers(0, 20)), max_size=4))
def test_whatever_is_posted_the_books_stay_sound(days):
    books, now = PlainBooks(), NOW
    books.post(FUNDED)
    for batch, passed in days:
        now += passed
        books.post(batch, now_us=now)
        balances = [(key, account.counters.balance) for key, account in books.accounts.items()]
        assert set(total_by_unit(balances).values()) <= {0}
        pending = [
            (a.counters.credits_pending, a.counters.debits_pending) for a in books.accounts.values()
        ]
        assert sum(c for c, _ in pending) == sum(d for _, d in pending)
        for key, account in books.accounts.items():
            assert key.kind.floor is None or account.counters.available >= 0
            assert min(books.counters()[key]) >= 0
        assert books.fold() == books.counters()


@given(batches, st.integers(0, 30))
def test_each_hold_resolves_at_most_once_and_an_expired_one_never_posts(batch, passed):
    books = PlainBooks()
    books.post(FUNDED)
    books.post(batch)
    now = NOW + passed
    books.post(
        [replace(one, id=bytes(15) + bytes([50 + n])) for n, one in enumerate(batch)], now_us=now
    )
    abouts = [one.about for one in books.log if one.about]
    assert len(abouts) == len(set(abouts))
    for place, one in enumerate(books.log):
        about = books.known.get(one.about)
        if about is None or about.transfer.code is not TransferCode.HOLD:
            continue
        at = NOW if place < len(books.log) else now
        assert one.amount <= about.transfer.amount
        assert one.code is TransferCode.EXPIRE or about.transfer.expires_us > at


@given(batches)
def test_posting_the_same_again_changes_nothing(batch):
    books = PlainBooks()
    books.post(FUNDED)
    first = books.post(batch)
    before = books.counters()
    again = books.post(regrouped(first))
    assert (again.accepted, again.refusals, books.counters()) == ((), (), before)
    assert again.existing == tuple(one.id for one in first.accepted)


@given(batches)
def test_a_batch_comes_to_what_its_groups_come_to_one_by_one(batch):
    batch = sorted(batch, key=lambda one: one.group)
    whole, single = PlainBooks(), PlainBooks()
    for books in (whole, single):
        books.post(FUNDED)
    posted = whole.post(batch)
    together = [one for one in batch if one.group]
    parts = [[one] for one in batch if not one.group] + ([together] if together else [])
    outcomes = [single.post(part) for part in parts]
    assert posted.accepted == sum((part.accepted for part in outcomes), ())
    assert posted.refusals == sum((part.refusals for part in outcomes), ())
    assert (whole.log, whole.counters()) == (single.log, single.counters())


@given(batches)
def test_a_refused_group_leaves_everything_as_it_was(batch):
    books = PlainBooks()
    books.post(FUNDED)
    before = books.counters(), list(books.log)
    group = [replace(one, group="all") for one in batch]
    if books.post(group).refusals:
        assert (books.counters(), books.log) == before


def test_a_group_is_taken_whole_or_left_whole():
    books, posted = funded(
        leg(2, POOL, ALPHA, 50, group="pair"), leg(3, POOL, BETA, 30, group="pair")
    )
    assert (posted.accepted, codes(posted)) == ((), [Code.NOT_ENOUGH])
    assert posted.refusals[0].numbers == {"available": 10, "held": 0, "needed": 30}
    assert (books.balance(POOL), books.balance(ALPHA)) == (60, 40)


def test_a_group_that_stands_in_part_is_a_conflict():
    pair = [leg(2, POOL, ALPHA, 5, group="p"), leg(3, POOL, BETA, 5, group="p")]
    books, _ = funded(*pair)
    assert books.post(pair).existing == (pair[0].id, pair[1].id)
    assert codes(books.post([pair[0]])) == [Code.ID_REUSED]
    assert codes(books.post([*pair, leg(4, POOL, BETA, 1, group="p")])) == [Code.ID_REUSED]
    assert codes(books.post([pair[1], pair[0]])) == [Code.ID_REUSED]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 41},
        {"credit": BETA},
        {"debit": ISSUED},
        {"code": TransferCode.REFUND},
        {"effective_us": 2},
    ],
)
def test_an_id_with_other_content_is_refused(change):
    books, posted = funded(replace(FUNDED[1], **change))
    assert (codes(posted), books.balance(ALPHA)) == ([Code.ID_REUSED], 40)


def test_an_id_with_other_words_is_the_same_transfer():
    _, posted = funded(replace(FUNDED[1], note="other", source="other"))
    assert posted.existing == (FUNDED[1].id,)


@pytest.mark.parametrize("amount", [0, -5, LARGEST + 1])
def test_an_amount_that_is_no_positive_63_bit_number_is_refused(amount):
    _, posted = funded(leg(1, ISSUED, POOL, amount))
    assert codes(posted) == [Code.OUT_OF_RANGE]
    assert posted.refusals[0].numbers == {"amount": amount}


def test_a_counter_never_passes_what_a_database_can_hold():
    _, posted = funded(leg(1, ISSUED, POOL, LARGEST))
    assert codes(posted) == [Code.OUT_OF_RANGE]


def test_a_transfer_from_an_account_to_itself_is_refused():
    assert codes(funded(leg(1, POOL, POOL, 1))[1]) == [Code.OUT_OF_RANGE]


def test_a_transfer_between_units_is_refused():
    assert codes(funded(leg(1, POOL, ELSEWHERE, 1))[1]) == [Code.UNIT_MISMATCH]


def test_a_closed_account_takes_nothing():
    books, _ = funded()
    books.close(BETA)
    assert codes(books.post([leg(1, POOL, BETA, 1)])) == [Code.ACCOUNT_CLOSED]


def test_an_unknown_account_is_refused_where_none_may_be_opened():
    books, _ = funded()
    assert codes(books.post([leg(1, POOL, BETA, 1)], opens=False)) == [Code.ACCOUNT_UNKNOWN]


def test_what_takes_effect_in_a_closed_period_is_refused():
    books, _ = funded()
    early = leg(1, POOL, ALPHA, 1)
    refusal = books.post([early], closed_before_us=1_001).refusals[0]
    numbers = {"amount": 1, "effective_us": 1_000, "closed_before_us": 1_001}
    assert (refusal.code, refusal.numbers) == (Code.PERIOD_CLOSED, numbers)
    assert books.post([early], closed_before_us=1_000).accepted == (early,)


def test_an_overrun_is_always_taken():
    books, _ = funded(leg(1, OVER, USED, 10**9))
    assert (books.balance(OVER), books.balance(USED)) == (-(10**9), 10**9)


def test_a_balancing_transfer_takes_as_much_as_there_is():
    want = leg(2, ALPHA, POOL, 1_000, balancing=True)
    books, posted = funded(hold(1, ALPHA, USED, 15), want)
    assert [one.amount for one in posted.accepted] == [15, 25]
    assert books.post([want]).existing == (want.id,)
    assert codes(books.post([replace(want, id=bytes(16))])) == [Code.NOT_ENOUGH]


def test_what_is_held_cannot_be_spent_and_is_free_again_when_it_is_voided():
    one = hold(1, ALPHA, USED, 30)
    books, _ = funded(one)
    spend = leg(2, ALPHA, BETA, 11)
    refusal = books.post([spend]).refusals[0]
    assert (refusal.code, refusal.numbers) == (
        Code.NOT_ENOUGH,
        {"available": 10, "held": 30, "needed": 11},
    )
    assert codes(books.post([void_hold(one, effective_us=NOW), spend])) == []


def test_a_hold_posts_in_part_and_the_rest_is_released():
    one = hold(1, ALPHA, USED, 30)
    books, _ = funded(one)
    part = post_hold(one, amount=12, code=TransferCode.SETTLE, effective_us=NOW)
    assert codes(books.post([part])) == []
    assert (books.counters()[ALPHA], books.counters()[USED]) == ((12, 40, 0, 0), (0, 12, 0, 0))


def test_a_hold_resolves_once():
    one = hold(1, ALPHA, USED, 30)
    books, _ = funded(one)
    part = post_hold(one, amount=12, code=TransferCode.SETTLE, effective_us=NOW)
    books.post([part])
    assert books.post([part]).existing == (part.id,)
    again = [replace(part, id=bytes(16)), void_hold(one, effective_us=NOW)]
    assert codes(books.post(again)) == [Code.HOLD_RESOLVED, Code.HOLD_RESOLVED]


@pytest.mark.parametrize("change", [{"amount": 31}, {"debit": BETA}, {"credit": POOL}])
def test_a_hold_gives_no_more_than_it_holds_and_to_nobody_else(change):
    one = hold(1, ALPHA, USED, 30)
    books, _ = funded(one)
    post = post_hold(one, amount=30, code=TransferCode.SETTLE, effective_us=NOW)
    assert codes(books.post([replace(post, **change)])) == [Code.BEYOND_HOLD]


def test_a_hold_lapses_by_itself_and_refuses_nobody_from_then_on():
    one = hold(1, ALPHA, USED, 30, until=NOW + 10)
    books, _ = funded(one)
    spend = leg(2, ALPHA, BETA, 40)
    assert codes(books.post([spend], now_us=NOW + 9)) == [Code.NOT_ENOUGH]
    late = post_hold(one, amount=1, code=TransferCode.SETTLE, effective_us=NOW)
    assert codes(books.post([late], now_us=NOW + 10)) == [Code.HOLD_EXPIRED]
    posted = books.post([spend], now_us=NOW + 10)
    assert (posted.expired, posted.accepted) == ((expire_hold(one),), (spend,))
    assert books.counters()[ALPHA] == (40, 40, 0, 0)


def test_a_hold_is_never_expired_early():
    one = hold(1, ALPHA, USED, 30, until=NOW + 10)
    books, _ = funded(one)
    assert codes(books.post([expire_hold(one)], now_us=NOW + 9)) == [Code.WRONG_STATE]


@pytest.mark.parametrize(
    "wrong",
    [
        hold(1, ALPHA, USED, 1, until=NOW),
        leg(1, ALPHA, USED, 1, code=TransferCode.HOLD),
        leg(1, ALPHA, USED, 1, expires_us=NOW + 1),
        hold(1, ALPHA, USED, 1, about=FUNDED[0].id),
        replace(leg(1, ALPHA, USED, 1), id=b"short"),
    ],
)
def test_a_transfer_that_contradicts_itself_is_refused(wrong):
    assert codes(funded(wrong)[1]) == [Code.OUT_OF_RANGE]


@pytest.mark.parametrize("code", [TransferCode.SETTLE, TransferCode.VOID, TransferCode.EXPIRE])
def test_only_holds_are_posted_and_released(code):
    for about in (bytes(16)[:15] + b"\x77", FUNDED[0].id):
        _, posted = funded(leg(1, ISSUED, POOL, 1, code=code, about=about))
        assert codes(posted) == [Code.NOT_FOUND]


def test_a_transfer_is_reversed_once_and_exactly():
    back = reversal(FUNDED[1], effective_us=NOW)
    books, posted = funded(back)
    assert (codes(posted), books.balance(ALPHA), books.balance(POOL)) == ([], 0, 100)
    assert books.post([back]).existing == (back.id,)
    other = replace(back, id=bytes(16))
    assert codes(books.post([other])) == [Code.ALREADY_REVERSED]
    forth = reversal(back, effective_us=NOW)
    assert codes(books.post([forth])) == []
    assert books.balance(ALPHA) == 40
    assert codes(books.post([other])) == [Code.ALREADY_REVERSED]


@pytest.mark.parametrize("change", [{"amount": 39}, {"debit": POOL, "credit": ALPHA}])
def test_a_reversal_that_is_no_mirror_is_refused(change):
    back = replace(reversal(FUNDED[1], effective_us=NOW), **change)
    assert codes(funded(back)[1]) == [Code.NOT_A_MIRROR]


def test_a_hold_is_voided_and_not_reversed():
    one = hold(1, ALPHA, USED, 30)
    books, _ = funded(one)
    assert codes(books.post([reversal(one, effective_us=NOW)])) == [Code.NOT_A_MIRROR]


def test_what_was_spent_cannot_be_taken_back():
    _, posted = funded(leg(1, ALPHA, BETA, 1), reversal(FUNDED[1], effective_us=NOW))
    assert codes(posted) == [Code.NOT_ENOUGH]


def test_only_what_stands_for_something_given_has_a_floor():
    floored = {kind for kind in Kind if kind.floor is not None}
    assert floored == {Kind.POOL, Kind.PROJECT, Kind.CONSUMED, Kind.LOAN}
