"""The rules of the books, as properties over random batches."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ledger import (
    Key,
    Kind,
    Transfer,
    TransferCode,
    payload,
    post_batch,
    total_by_unit,
)
from apportion.core.refusals import Code

ISSUED = Key(Kind.ISSUED, "r1", "gpu:h100")
POOL = Key(Kind.POOL, "r1", "gpu:h100")
ALPHA = Key(Kind.PROJECT, "alpha", "gpu:h100")
BETA = Key(Kind.PROJECT, "beta", "gpu:h100")
USED = Key(Kind.CONSUMED, "alpha", "gpu:h100")
OVER = Key(Kind.OVERRUN, "alpha", "gpu:h100")
ELSEWHERE = Key(Kind.PROJECT, "alpha", "cpu")
KEYS = (ISSUED, POOL, ALPHA, BETA, USED, OVER, ELSEWHERE)


def leg(number, debit, credit, amount, group=None, source="test"):
    return Transfer(
        id=number.to_bytes(16, "big"),
        group=group or f"g{number}",
        debit=debit,
        credit=credit,
        amount=amount,
        code=TransferCode.GRANT,
        source=source,
        effective_ms=1_000,
    )


def after(balances, posted):
    totals = dict(balances)
    for key, (debited, credited) in posted.changes.items():
        totals[key] = totals.get(key, 0) + credited - debited
    return totals


legs = st.builds(
    leg,
    st.integers(0, 12),
    st.sampled_from(KEYS),
    st.sampled_from(KEYS),
    st.integers(-1, 60),
    st.sampled_from([None, None, "both"]),
)


@given(st.lists(legs, max_size=25))
def test_whatever_is_posted_every_unit_sums_to_zero(batch):
    posted = post_batch(batch, balances={}, known={})
    assert set(total_by_unit(after({}, posted).items()).values()) <= {0}


@given(st.lists(legs, max_size=25))
def test_no_limited_account_ever_falls_below_its_floor(batch):
    posted = post_batch(batch, balances={}, known={})
    balances = {}
    for one in posted.accepted:
        balances[one.debit] = balances.get(one.debit, 0) - one.amount
        balances[one.credit] = balances.get(one.credit, 0) + one.amount
    assert all(b >= 0 for key, b in balances.items() if key.kind.floor is not None)


@given(st.lists(legs, max_size=25))
def test_posting_the_accepted_again_changes_nothing(batch):
    first = post_batch(batch, balances={}, known={})
    known = {one.id: payload(one) for one in first.accepted}
    again = post_batch(first.accepted, balances=after({}, first), known=known)
    assert again.accepted == ()
    assert set(again.existing) == set(known)
    assert again.changes == {}


@given(st.lists(legs, max_size=25))
def test_a_batch_comes_to_what_its_groups_come_to_one_by_one(batch):
    batch = sorted(batch, key=lambda one: one.group)
    whole = post_batch(batch, balances={}, known={})
    balances, known, accepted = {}, {}, []
    for group in sorted({one.group for one in batch}):
        part = post_batch([o for o in batch if o.group == group], balances=balances, known=known)
        balances = after(balances, part)
        known |= {one.id: payload(one) for one in part.accepted}
        accepted += part.accepted
    assert whole.accepted == tuple(accepted)


def test_a_group_is_taken_whole_or_left_whole():
    batch = [
        leg(1, ISSUED, POOL, 100),
        leg(2, POOL, ALPHA, 80, "pair"),
        leg(3, POOL, BETA, 30, "pair"),
    ]
    posted = post_batch(batch, balances={}, known={})
    assert [one.id for one in posted.accepted] == [batch[0].id]
    assert posted.refusals[0].code is Code.NOT_ENOUGH
    assert posted.refusals[0].numbers == {"balance": 100, "needed": 110}


def test_an_id_with_other_content_is_refused():
    first = leg(1, ISSUED, POOL, 100)
    other = leg(1, ISSUED, POOL, 101)
    posted = post_batch([other], balances={}, known={first.id: payload(first)})
    assert [refusal.code for refusal in posted.refusals] == [Code.ID_REUSED]


def test_a_transfer_between_units_is_refused():
    posted = post_batch([leg(1, ISSUED, ELSEWHERE, 1)], balances={}, known={})
    assert [refusal.code for refusal in posted.refusals] == [Code.UNIT_MISMATCH]


def test_a_closed_account_takes_nothing():
    posted = post_batch([leg(1, ISSUED, POOL, 1)], balances={}, known={}, closed=frozenset({POOL}))
    assert [refusal.code for refusal in posted.refusals] == [Code.ACCOUNT_CLOSED]


def test_nothing_or_less_cannot_be_moved():
    for amount in (0, -5):
        posted = post_batch([leg(1, ISSUED, POOL, amount)], balances={}, known={})
        assert [refusal.code for refusal in posted.refusals] == [Code.OUT_OF_RANGE]


def test_an_overrun_is_always_taken():
    posted = post_batch([leg(1, OVER, USED, 10**9)], balances={}, known={})
    assert after({}, posted) == {OVER: -(10**9), USED: 10**9}


@given(legs, legs)
def test_the_payload_tells_different_transfers_apart(one, other):
    assert (payload(one) == payload(other)) == (one == other)
