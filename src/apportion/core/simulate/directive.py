"""A directive ("code red"): who gets what from whom, until when, and how it is paid back."""

from dataclasses import dataclass
from fractions import Fraction

from apportion.core.refusals import Code, Refusal
from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.policy import Emergency
from apportion.core.simulate.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """What is declared.

    Units: instants in seconds of the trace; amount in processors, `quota` of which the group can
        count on anyway and the rest of which others lend; `minimums` (what was promised
        to a group for the time) in processor-seconds. `finish_by`: when the jobs that the group
        sends in the time should all have ended.
    """

    name: str
    declared_by: str
    purpose: str
    group: str
    amount: int
    starts_at: int
    ends_at: int
    preempt: bool
    payback: Fraction
    signers: tuple[str, ...]
    exempt: tuple[str, ...] = ()
    minimums: tuple[tuple[str, int], ...] = ()
    finish_by: int | None = None
    staff_weeks: Fraction = Fraction(0)
    quota: int = 0

    @property
    def lent(self) -> int:
        """Processors that others lend."""
        return max(0, self.amount - self.quota)


def check_directive(directive: Directive, trace: Trace, cluster: Cluster) -> tuple[Refusal, ...]:
    """Tells all that is wrong with it on this cluster and these jobs."""
    known = {*trace.groups, *(group.name for group in cluster.groups)}
    named = [directive.group, *directive.exempt, *(name for name, _ in directive.minimums)]
    faults = [
        _refusal(Code.NOT_FOUND, f"the group {name}", "Name a group of the cluster or the trace.")
        for name in dict.fromkeys(named)
        if name not in known
    ]
    if directive.starts_at >= directive.ends_at:
        remedy = "Let it end after it starts."
        faults.append(_refusal(Code.OUT_OF_RANGE, "the time of the directive", remedy))
    if not 0 < directive.amount <= cluster.capacity:
        remedy = "Take at least 1 and at most what the pool has."
        numbers = {"amount": directive.amount, "pool": cluster.capacity}
        faults.append(_refusal(Code.OUT_OF_RANGE, "the amount", remedy, **numbers))
    if not 0 < directive.payback <= 1:
        remedy = "Give the part of its quota that the group leaves until nothing is owed."
        faults.append(_refusal(Code.INCOMPLETE, "the payback", remedy))
    if directive.group in directive.exempt:
        remedy = "Leave it out of the exemptions."
        faults.append(_refusal(Code.OUT_OF_RANGE, f"the group {directive.group}", remedy))
    if len(trace):
        since, until = int(trace.submit[0]), int(trace.submit[-1])
        if directive.ends_at <= since or directive.starts_at > until:
            numbers = {"first_job": since, "last_job": until}
            remedy = "Preview it over a time from which there are jobs."
            faults.append(
                _refusal(Code.OUT_OF_RANGE, "the time of the directive", remedy, **numbers)
            )
    return tuple(faults)


def emergency_of(directive: Directive, *, amount: int | None = None) -> Emergency:
    """What the scheduler is told."""
    return Emergency(
        group=directive.group,
        starts_at=directive.starts_at,
        ends_at=directive.ends_at,
        amount=directive.amount if amount is None else amount,
        preempt=directive.preempt,
        payback=directive.payback,
        exempt=frozenset(directive.exempt),
    )


def _refusal(code: Code, subject: str, remedy: str, **numbers: int) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy, numbers={**numbers})
