"""Settlement: nothing is refused, and what the balance cannot pay is visible."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.meter.settle import Due, settle

DUES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 100)), max_size=20).map(
    lambda pairs: [Due(at, f"k{n:02}", amount) for n, (at, amount) in enumerate(pairs)]
)


def test_the_charge_that_empties_the_account_is_split_and_dates_the_drought():
    settled = settle([Due(20, "b", 70), Due(10, "a", 60), Due(30, "c", 5)], balance=100)
    assert settled.splits == (("a", 60, 0), ("b", 40, 30), ("c", 0, 5))
    assert (settled.balance, settled.overrun, settled.dry_at) == (0, 35, 20)


def test_an_account_that_is_paid_out_exactly_is_dry_and_owes_nothing():
    settled = settle([Due(10, "a", 60)], balance=60)
    assert (settled.balance, settled.overrun, settled.dry_at) == (0, 0, 10)


def test_an_account_with_something_left_is_not_dry():
    assert settle([Due(10, "a", 59)], balance=60).dry_at is None


@given(DUES, st.integers(0, 2000))
def test_every_charge_is_met_in_full_and_the_account_never_falls_below_zero(dues, balance):
    settled = settle(dues, balance=balance)
    met = {key: paid + beyond for key, paid, beyond in settled.splits}
    assert met == {due.key: due.amount for due in dues}
    assert settled.balance == balance - sum(paid for _, paid, _ in settled.splits) >= 0
    assert settled.overrun == max(0, sum(due.amount for due in dues) - balance)


@given(DUES, st.integers(0, 2000), st.randoms(use_true_random=False))
def test_the_order_in_which_charges_come_in_changes_nothing(dues, balance, rng):
    shuffled = list(dues)
    rng.shuffle(shuffled)
    assert settle(shuffled, balance=balance) == settle(dues, balance=balance)


@given(DUES, DUES, st.integers(0, 2000))
def test_two_imports_leave_what_one_import_of_both_would(first, second, balance):
    apart = settle(second, balance=settle(first, balance=balance).balance)
    assert apart.balance == settle([*first, *second], balance=balance).balance
