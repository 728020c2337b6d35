"""Closing a period: loans come back, what is unused lapses, and nothing moves twice."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.loans import Debt, Loan
from apportion.core.periods import (
    STEPS,
    Holding,
    Period,
    PeriodState,
    PeriodVerb,
    Tally,
    plan_close,
    post_late,
    refuse_period,
    take_step,
)
from apportion.core.policy import Carry
from apportion.core.refusals import Code, Refusal
from apportion.core.windows import Window, to_epoch_us
from tests.apps.small_lab import NOW

GPU = "gpu:h100"
END = NOW + timedelta(days=90)
SPRING = Period(
    name="spring",
    window=Window(starts_at=NOW, ends_at=END),
    state=PeriodState.CLOSING,
    issuer="spring",
)
ALPHA, BETA = (Key(Kind.PROJECT, name, GPU) for name in ("alpha", "beta"))
POOL = Key(Kind.POOL, "spring", GPU)
TENTH = Carry(share=Fraction(1, 10))


def close(*holdings, debts=(), tallies=(), carry=TENTH):
    return plan_close(SPRING, holdings=holdings, debts=debts, tallies=tallies, carry=carry)


def owes(amount, *, lender=ALPHA, borrower=BETA, due_at=END, ref="red-1"):
    made = Loan(ref=ref, lender=lender, borrower=borrower, amount=amount, due_at=due_at)
    return Debt(loan=made, owed=amount)


def test_what_is_unused_lapses_but_for_the_share_that_the_policy_carries():
    (fate,) = close(Holding(account=ALPHA, given=100, left=40)).fates
    assert (fate.kept, fate.carried, fate.lapsed) == (0, 10, 30)


def test_what_is_held_or_granted_beyond_the_period_is_kept():
    (fate,) = close(Holding(account=ALPHA, given=100, left=40, held=5, unexpired=20)).fates
    assert (fate.kept, fate.carried, fate.lapsed) == (25, 10, 5)


def test_the_rest_of_a_pool_goes_back_to_where_it_was_issued_and_none_of_it_is_carried():
    made = close(Holding(account=POOL, given=100, left=7))
    (leg,) = made.legs
    assert (leg.code, leg.debit, leg.amount) == (TransferCode.CLOSE, POOL, 7)
    assert leg.credit == Key(Kind.ISSUED, "spring", GPU)


def test_everything_that_a_close_does_takes_effect_inside_its_period():
    made = close(
        Holding(account=ALPHA, given=100, left=40),
        Holding(account=BETA, given=0, left=30),
        debts=[owes(20)],
    )
    assert {leg.effective_us for leg in made.legs} == {to_epoch_us(END) - 1}


def test_a_loan_comes_back_before_anything_lapses_and_its_lender_keeps_it_whole():
    made = close(
        Holding(account=ALPHA, given=0, left=0),
        Holding(account=BETA, given=0, left=50),
        debts=[owes(20)],
        carry=Carry(),
    )
    alpha, beta = made.fates
    assert (alpha.left, alpha.kept, alpha.lapsed) == (20, 20, 0)
    assert (beta.left, beta.lapsed) == (30, 30)
    assert (made.returns[0].paid, made.returns[0].overdue) == (20, 0)


def test_a_borrower_who_cannot_pay_all_pays_what_is_free_and_the_rest_is_overdue():
    made = close(Holding(account=BETA, given=0, left=15, held=5), debts=[owes(20)])
    assert (made.returns[0].paid, made.returns[0].overdue) == (10, 10)


def test_a_loan_that_falls_due_later_is_left_alone():
    made = close(
        Holding(account=BETA, given=0, left=50),
        debts=[owes(20, due_at=END + timedelta(seconds=1))],
    )
    assert made.returns == ()


def test_one_borrower_pays_the_loan_that_fell_due_first():
    early = owes(8, due_at=END - timedelta(days=2), ref="red-2")
    made = close(Holding(account=BETA, given=0, left=10), debts=[owes(8), early])
    assert [(r.debt.loan.ref, r.paid) for r in made.returns] == [("red-2", 8), ("red-1", 2)]


def test_books_that_differ_from_the_accounting_are_named():
    same = Tally(owner="alpha", unit=GPU, booked=5, accounted=5)
    other = Tally(owner="beta", unit=GPU, booked=5, accounted=6)
    assert close(tallies=[same, other]).differences == (other,)


AMOUNT = st.integers(0, 50)
OWNERS = st.sampled_from([Key(Kind.PROJECT, n, GPU) for n in "abcd"] + [POOL])
HOLDINGS = st.dictionaries(OWNERS, st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT), max_size=5).map(
    lambda facts: [
        Holding(account=key, given=g, left=left, held=min(h, left), unexpired=u)
        for key, (g, left, h, u) in facts.items()
    ]
)
DEBTS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(1, 40)), max_size=4
).map(
    lambda rows: [
        owes(n, lender=Key(Kind.PROJECT, a, GPU), borrower=Key(Kind.PROJECT, b, GPU), ref=f"r{i}")
        for i, (a, b, n) in enumerate(rows)
        if a != b
    ]
)


@given(HOLDINGS, DEBTS, st.fractions(0, 1), st.randoms(use_true_random=False))
def test_a_close_loses_nothing_overdraws_nobody_and_does_not_depend_on_order(
    holdings, debts, share, random
):
    rule = Carry(share=share)
    made = close(*holdings, debts=debts, carry=rule)
    left = {holding.account: holding.left for holding in holdings}
    for leg in made.legs:
        left[leg.debit] = left.get(leg.debit, 0) - leg.amount
        left[leg.credit] = left.get(leg.credit, 0) + leg.amount
        if leg.debit in {h.account for h in holdings}:
            assert left[leg.debit] >= 0
    for fate in made.fates:
        assert fate.kept + fate.carried + fate.lapsed == fate.left
        assert left[fate.account] == fate.kept + fate.carried
        assert min(fate.kept, fate.carried, fate.lapsed) >= 0
    for holding in holdings:
        assert left[holding.account] >= min(holding.held, holding.left)
    assert len({leg.id for leg in made.legs}) == len(made.legs)
    mixed = random.sample(holdings, len(holdings)), random.sample(debts, len(debts))
    assert close(*mixed[0], debts=mixed[1], carry=rule) == made


@given(HOLDINGS)
def test_closing_again_finds_nothing_more_to_lapse_where_the_bound_is_the_same(holdings):
    first = close(*holdings)
    after = {fate.account: fate.kept + fate.carried for fate in first.fates}
    again = close(*(replace(h, left=after.get(h.account, 0)) for h in holdings))
    assert again.legs == ()


def test_a_period_goes_from_open_through_closing_to_closed_and_no_other_way():
    assert set(STEPS) == {
        (PeriodState.OPEN, PeriodVerb.CLOSE),
        (PeriodState.CLOSING, PeriodVerb.CLOSE),
        (PeriodState.CLOSING, PeriodVerb.FINISH),
    }
    closed = replace(SPRING, state=PeriodState.CLOSED)
    for verb in PeriodVerb:
        refusal = take_step(closed, verb)
        assert isinstance(refusal, Refusal)
        assert refusal.code is Code.WRONG_STATE


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ({"name": "spring"}, Code.ALREADY_DONE),
        (
            {"window": Window(starts_at=END - timedelta(1), ends_at=END + timedelta(9))},
            Code.OUT_OF_RANGE,
        ),
        (
            {"window": Window(starts_at=END + timedelta(1), ends_at=END + timedelta(9))},
            Code.OUT_OF_RANGE,
        ),
    ],
)
def test_a_period_is_refused_when_it_is_known_overlaps_or_leaves_a_gap(new, code):
    follows = Window(starts_at=END, ends_at=END + timedelta(days=90))
    summer = replace(SPRING, name="summer", window=follows)
    assert refuse_period(summer, [SPRING]) is None
    assert refuse_period(replace(summer, **new), [SPRING]).code is code


def leg(code, effective_us):
    return Transfer(
        id=b"1" * 16, debit=ALPHA, credit=BETA, amount=1, code=code, effective_us=effective_us
    )


def test_late_usage_moves_to_the_open_period_and_nothing_else_does():
    border = to_epoch_us(END)
    settled, before, refund = (
        leg(TransferCode.SETTLE, border),
        leg(TransferCode.SETTLE, border - 1),
        leg(TransferCode.REFUND, border - 1),
    )
    assert post_late([settled, before, refund], closed_before_us=border) == [
        settled,
        replace(before, code=TransferCode.LATE, effective_us=border),
        refund,
    ]
    assert post_late([before], closed_before_us=None) == [before]
