"""What a close must be told by the later stages: grants that go on, and what accounting counted."""

from collections.abc import Mapping
from functools import partial

from apportion.apps.change.queries import added_beyond
from apportion.apps.grant.queries import granted_beyond
from apportion.apps.ledger.closing import Facts, Gather
from apportion.apps.ledger.periods import PeriodRow
from apportion.apps.meter.queries import accounted_usage
from apportion.apps.rounds.queries import list_rounds, policy_of
from apportion.core.policy import Carry


def gatherer(told: Mapping[str, int] | None = None) -> Gather:
    """Makes what a close calls for its facts while nobody else can write.

    `told` is what the scheduler itself says was used in the period, by resource.
    """
    return partial(gather_facts, told=told or {})


def gather_facts(row: PeriodRow, *, told: Mapping[str, int]) -> Facts:
    """Collects the facts of one period's end."""
    lasting = frozenset(one.slug for one in list_rounds() if one.credits_end_at > row.ends_at)
    beyond = granted_beyond(row.ends_at)
    for key, amount in added_beyond(row.ends_at).items():
        beyond[key] = beyond.get(key, 0) + amount
    return Facts(
        unexpired=beyond,
        lasting=lasting,
        accounted=accounted_usage(),
        carry=policy_of(row.round).carry if row.round is not None else Carry(),
        told=told,
    )
