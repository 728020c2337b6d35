"""Opening a pool and paying grants, as balanced transfers with repeatable ids."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.grant import Promise, open_pool, pay_grants
from apportion.core.ledger import World, post_batch

AT = datetime(2026, 4, 1, tzinfo=UTC)
promises = st.lists(
    st.builds(
        lambda n, amount: Promise(
            request=f"r-{n}", project=f"p{n % 3}", resource="gpu:h100", amount=amount
        ),
        st.integers(0, 30),
        st.integers(0, 100),
    ),
    max_size=12,
    unique_by=lambda promise: promise.request,
)


@given(promises)
def test_what_the_pool_holds_is_paid_to_the_unit(found):
    whole = sum(promise.amount for promise in found)
    legs = [
        *open_pool("r", {"gpu:h100": whole}, starts_at=AT),
        *pay_grants("r", found, starts_at=AT),
    ]
    posted = post_batch(legs, world=World(now_us=0))
    assert posted.refusals == ()
    assert len({leg.id for leg in legs}) == len(legs)


@given(promises)
def test_the_same_awards_give_the_same_ids_in_any_order(found):
    forth = pay_grants("r", found, starts_at=AT)
    assert forth == pay_grants("r", reversed(found), starts_at=AT)
