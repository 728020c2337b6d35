"""What directives in force ask of the scheduler besides credits: who waits, and who goes first."""

from collections.abc import Iterator
from datetime import datetime

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.directive.queries import Directive, list_directives, terms_of
from apportion.apps.enforce.actions import Scheduler, apply_limits, check_limits
from apportion.apps.enforce.queries import LeverKind, Pull
from apportion.apps.enforce.watching import pull_levers
from apportion.core.directive.terms import Mode, State

PREFIX = "directive "


def pull_for_directives(*, now: datetime) -> int:
    """Makes the levers those of the directives in force; counts what changed.

    Credits that a directive lends lower the lenders' limits by themselves. A project that is put
    aside may submit nothing from its day on. Where running jobs are to be stopped, the jobs of
    those it is for go first.
    """
    pulls = [
        pull
        for row in list_directives()
        if row.state == State.IN_FORCE
        for pull in _pulls_of(row, now=now)
    ]
    return pull_levers(pulls=pulls, prefix=PREFIX, now=now)


def _pulls_of(row: Directive, *, now: datetime) -> Iterator[Pull]:
    terms = terms_of(row.toml, file=f"{row.ref}.toml")
    source = f"{PREFIX}{row.ref}"
    for shelving in terms.shelved:
        if shelving.at <= now:
            reason = f"put aside by directive {row.ref} from {shelving.at:%Y-%m-%d} on"
            yield Pull(project=shelving.project, kind=LeverKind.HOLD, source=source, reason=reason)
    if terms.mode is Mode.PREEMPT:
        for slug, project in projects_by_slug().items():
            if slug == terms.project or project.area.slug == terms.area:
                reason = f"directive {row.ref} stops running jobs to make room for it"
                yield Pull(project=slug, kind=LeverKind.BOOST, source=source, reason=reason)


def reconcile(scheduler: Scheduler, *, mend: bool, now: datetime) -> str:
    """Looks for drift on a cluster, mends it where the site wants that, and says what was found."""
    if mend:
        outcome = apply_limits(scheduler=scheduler, by=None, now=now)
        orders, left = len(outcome.before.steps), outcome.after
        if not orders and left.matches:
            return ""
        failed = f", {len(outcome.failures)} failed" if outcome.failures else ""
        return f"{scheduler.name}: {orders} orders to the scheduler{failed}"
    plan = check_limits(scheduler=scheduler, now=now)
    found = len(plan.steps) + len(plan.findings)
    return "" if plan.matches else f"{scheduler.name}: {found} differences; apportion limits show"
