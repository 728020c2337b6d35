"""A directive's terms as a replay takes them: processors of one cluster, seconds of one trace."""

from fractions import Fraction

from apportion.core.directive.terms import Mode, Take, Terms
from apportion.core.ids import ResourceCode
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.directive import Directive
from apportion.core.simulate.trace import Trace
from apportion.core.simulate.tree import quota_of
from apportion.core.units import BASE_UNITS, DisplayUnit
from apportion.core.windows import Window


def drill_of(
    terms: Terms,
    *,
    trace: Trace,
    cluster: Cluster,
    resource: str = "",
    window: Window | None = None,
) -> Directive:
    """Translates the terms for the jobs of a trace on a cluster.

    Area, project and group all name a group of the trace. What is taken from others comes on top
    of what the group can count on: an amount is spread evenly over the time that the terms hold; a
    share is of the capacity; both are rounded down. `window` tries them at another time, as over
    jobs that have been.

    Refuses: INCOMPLETE where several resources are taken and none is named; NOT_FOUND where the
        named one is not taken.
    """
    take = _take(terms, resource)
    held = window or terms.window
    starts_at, ends_at = (int(at.timestamp()) for at in (held.starts_at, held.ends_at))
    moved = starts_at - int(terms.window.starts_at.timestamp())
    finish = terms.finish_by
    quota = min(cluster.capacity, quota_of(terms.target, trace, cluster))
    taken = processors_of(take, terms, cluster.capacity)
    return Directive(
        name=terms.ref,
        declared_by=terms.declared_by,
        purpose=terms.purpose,
        group=terms.target,
        amount=min(cluster.capacity, quota + taken) if taken else 0,
        quota=quota,
        starts_at=starts_at,
        ends_at=ends_at,
        preempt=terms.mode is Mode.PREEMPT,
        payback=terms.payback.leave,
        signers=terms.signers,
        exempt=(*terms.exempt_areas, *terms.exempt_projects, *terms.exempt_groups),
        minimums=terms.minimums,
        finish_by=None if finish is None else int(finish.timestamp()) + moved,
        staff_weeks=Fraction(sum(terms.staff.values()), BASE_UNITS[DisplayUnit.WEEK]),
    )


def processors_of(take: Take, terms: Terms, capacity: int) -> int:
    """Counts the processors that a take is, while the terms hold."""
    if take.share is not None:
        return int(take.share * capacity)
    return (take.amount or 0) // terms.window.seconds


def _take(terms: Terms, resource: str) -> Take:
    if not resource and len(terms.takes) == 1:
        return terms.takes[0]
    for take in terms.takes:
        if take.resource == ResourceCode(resource):
            return take
    taken = ", ".join(take.resource for take in terms.takes)
    code = Code.NOT_FOUND if resource else Code.INCOMPLETE
    remedy = f"Name one that it takes: {taken}."
    raise Refused([Refusal(code=code, subject=f"resource {resource!r}", remedy=remedy)])
