"""What is wrong with a directive's terms before anything is worked out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from apportion.core.directive.facts import World
from apportion.core.directive.terms import Take, Terms
from apportion.core.refusals import Code, Refusal

HIGHEST_RATE = 2
NO_PREMIUM = Fraction(1)


def check_terms(terms: Terms, world: World, *, now: datetime) -> tuple[Refusal, ...]:
    """Lists everything wrong with the terms; what the books refuse comes later.

    Refuses: NOT_FOUND, OUT_OF_RANGE, PERIOD_CLOSED, OVERLAPPING, INCOMPLETE.
    """
    found = [*_dates(terms, world, now), *_names(terms, world), *_amounts(terms, world)]
    found.extend(_shelved(terms, world))
    for other in world.standing:
        if other.ref != terms.ref and other.window.overlaps(terms.window):
            ends = {"holds_until": other.window.ends_at.isoformat()}
            remedy = f"End {other.ref} first, or begin when it is over."
            found.append(_say(Code.OVERLAPPING, terms, remedy, **ends))
    return tuple(found)


def _dates(terms: Terms, world: World, now: datetime) -> Iterable[Refusal]:
    window, period = terms.window, world.credits
    if world.closed_before is not None and window.starts_at < world.closed_before:
        closed = world.closed_before.isoformat()
        yield _say(Code.PERIOD_CLOSED, terms, "Begin after the closed period.", closed_until=closed)
    if window.ends_at <= now:
        until = window.ends_at.isoformat()
        yield _say(Code.OUT_OF_RANGE, terms, "Let it end in the future.", until=until)
    if window.starts_at < period.starts_at or window.ends_at > period.ends_at:
        remedy = (
            f"Keep within the credits' period, {period.starts_at:%Y-%m-%d} "
            f"to {period.ends_at:%Y-%m-%d}."
        )
        until = window.ends_at.isoformat()
        yield _say(Code.OUT_OF_RANGE, terms, remedy, until=until)
    if terms.payback.by <= window.ends_at:
        by = terms.payback.by.isoformat()
        yield _say(Code.OUT_OF_RANGE, terms, "Let payback be due after the end.", payback_by=by)
    if not NO_PREMIUM <= terms.payback.rate <= HIGHEST_RATE:
        remedy = f"Pay back between 1 and {HIGHEST_RATE} times what was lent."
        yield _say(Code.OUT_OF_RANGE, terms, remedy, rate=str(float(terms.payback.rate)))


def _names(terms: Terms, world: World) -> Iterable[Refusal]:
    areas = {area.id for area in world.policy.areas}
    for area in (*filter(None, [terms.area]), *terms.exempt_areas, *terms.staff):
        if area not in areas:
            remedy = f"There are {', '.join(sorted(areas))}."
            yield _say(Code.NOT_FOUND, terms, remedy, area=str(area))
    shelved = (shelving.project for shelving in terms.shelved)
    for project in (*filter(None, [terms.project]), *terms.exempt_projects, *shelved):
        if project not in world.projects:
            remedy = "List projects with: apportion project list"
            yield _say(Code.NOT_FOUND, terms, remedy, project=str(project))
    if (terms.area is None) == (terms.project is None):
        yield _say(Code.INCOMPLETE, terms, "Name one area or one project that borrows.")
    if terms.group is not None or terms.exempt_groups:
        remedy = "Groups are of traces; an office lends to areas and projects, and exempts them."
        yield _say(Code.INCOMPLETE, terms, remedy)
    wanted = world.policy.code_red.signers
    if terms.signers and len(set(terms.signers)) < wanted:
        remedy = f"Name at least {wanted} signers, or none: then any of the board may sign."
        yield _say(Code.INCOMPLETE, terms, remedy, signers=len(set(terms.signers)))
    if not terms.takes:
        yield _say(Code.INCOMPLETE, terms, "Say how much of which resource is taken.")


def _amounts(terms: Terms, world: World) -> Iterable[Refusal]:
    for take in terms.takes:
        pool = world.policy.pool.get(take.resource)
        if pool is None:
            remedy = f"The pool holds {', '.join(sorted(world.policy.pool))}."
            yield _say(Code.NOT_FOUND, terms, remedy, resource=take.resource)
        elif not _is_within(take, pool):
            told: int | str = f"{float(take.share)}" if take.share is not None else take.amount or 0
            remedy = "Take more than nothing and at most the whole pool."
            yield _say(Code.OUT_OF_RANGE, terms, remedy, asked=told, pool=pool)


def _is_within(take: Take, pool: int) -> bool:
    if take.share is not None:
        return 0 < take.share <= 1
    return take.amount is not None and 0 < take.amount <= pool


def _shelved(terms: Terms, world: World) -> Iterable[Refusal]:
    notice = timedelta(days=world.policy.code_red.notice_days)
    for shelving in terms.shelved:
        if shelving.at < terms.window.starts_at + notice:
            first = (terms.window.starts_at + notice).isoformat()
            remedy = f"Give its people {notice.days} days' notice."
            yield _say(Code.OUT_OF_RANGE, terms, remedy, project=shelving.project, earliest=first)


def _say(code: Code, terms: Terms, remedy: str, **numbers: int | str) -> Refusal:
    subject = f"directive {terms.ref}"
    return Refusal(code=code, subject=subject, remedy=remedy, numbers=numbers)
