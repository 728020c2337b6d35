"""What a close must be told by the later stages: grants that go on, and what accounting counted."""

from collections.abc import Mapping
from functools import partial

from apportion.apps.change.queries import added_beyond
from apportion.apps.directive.queries import directives_told
from apportion.apps.grant.queries import granted_beyond
from apportion.apps.ledger.closing import Facts, Gather
from apportion.apps.ledger.periods import PeriodRow
from apportion.apps.meter.queries import accounted_usage
from apportion.apps.rounds.queries import list_rounds, policy_of
from apportion.core.directive.terms import State
from apportion.core.policy import Carry
from apportion.core.refusals import Code, Refusal, Refused


def gatherer(told: Mapping[str, int] | None = None, *, final: bool = False) -> Gather:
    """Makes what a close calls for its facts while nobody else can write.

    `told` is what the scheduler itself says was used in the period, by resource; `final` says that
    the close is not only foretold.
    """
    return partial(gather_facts, told=told or {}, final=final)


def gather_facts(row: PeriodRow, *, told: Mapping[str, int], final: bool) -> Facts:
    """Collects the facts of one period's end.

    Refuses: WRONG_STATE, where it is final and a directive is in force: what it lent would lapse
        with the borrower's credits before it went back.
    """
    lending = [one.ref for one in directives_told() if one.state == State.IN_FORCE]
    if final and lending:
        remedy = "Let it end and pay back first: apportion tick (or apportion codered end)."
        subject = f"period {row.name}, directive {', '.join(lending)}"
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=subject, remedy=remedy)])
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
