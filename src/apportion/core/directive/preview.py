"""What a directive would do to the books: who lends how much, and whose promise breaks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from apportion.core.directive.checks import check_terms
from apportion.core.directive.facts import Holder, World
from apportion.core.directive.terms import Take, Terms
from apportion.core.ids import AreaId, ProjectId, ResourceCode
from apportion.core.refusals import Code, Refusal, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """One loan. Units: base units; the premium comes back on top of the amount."""

    lender: ProjectId
    borrower: ProjectId
    resource: ResourceCode
    amount: int
    premium: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loser:
    """A project that lends, with what that leaves it. Units: base units.

    `reach` is all that it will have had by the end of the period if nothing comes back.
    """

    project: ProjectId
    area: AreaId
    resource: ResourceCode
    minimum: int
    awarded: int
    sunk: int
    lent: int
    reach: int

    @property
    def falls_under(self) -> bool:
        """Says whether lending is what takes it under its minimum."""
        return self.reach < self.minimum <= self.reach + self.lent


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenFloor:
    """An area's floor that the awards met and that what is left of them does not."""

    area: AreaId
    resource: ResourceCode
    floor: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a directive does: loans, who loses, which floors break, what was sunk in the shelved."""

    lendings: tuple[Lending, ...]
    losers: tuple[Loser, ...]
    floors: tuple[BrokenFloor, ...]
    shelved: tuple[tuple[ProjectId, ResourceCode, int, int], ...]  # sunk, then left

    @property
    def under_minimum(self) -> tuple[Loser, ...]:
        """Lists those that fall under their minimum."""
        return tuple(loser for loser in self.losers if loser.falls_under)


def preview_directive(terms: Terms, world: World, *, now: datetime) -> Preview:
    """Works out a directive against the books as they stand.

    Refuses: what check_terms refuses, NOT_ENOUGH where lenders hold less than is taken,
        INCOMPLETE where the area has no project that could take it.
    """
    refusals = check_terms(terms, world, now=now)
    if refusals:
        raise Refused(refusals)
    lendings = tuple(
        lending
        for take in sorted(terms.takes, key=lambda take: take.resource)
        for lending in _lend(terms, take, world)
    )
    return _price(lendings, terms, world)


def price_again(lendings: Sequence[Lending], terms: Terms, world: World) -> Preview | None:
    """Prices loans that were signed against the books of now; None where a lender lacks its part."""
    lent = _lent(lendings)
    held = {(holder.project, holder.resource): holder.available for holder in world.holders}
    if any(held.get(place, 0) < amount for place, amount in lent.items()):
        return None
    return _price(tuple(lendings), terms, world)


def _lent(lendings: Iterable[Lending]) -> dict[tuple[ProjectId, ResourceCode], int]:
    lent: dict[tuple[ProjectId, ResourceCode], int] = {}
    for one in lendings:
        key = (one.lender, one.resource)
        lent[key] = lent.get(key, 0) + one.amount
    return lent


def _price(lendings: tuple[Lending, ...], terms: Terms, world: World) -> Preview:
    lent = _lent(lendings)
    losers = tuple(
        _loser(holder, lent[holder.project, holder.resource])
        for holder in _sorted(world.holders)
        if (holder.project, holder.resource) in lent
    )
    put_aside = {shelving.project for shelving in terms.shelved}
    return Preview(
        lendings=lendings,
        losers=losers,
        floors=tuple(_broken_floors(world, lent)),
        shelved=tuple(
            (holder.project, holder.resource, holder.used, holder.available)
            for holder in _sorted(world.holders)
            if holder.project in put_aside
        ),
    )


def amount_of(take: Take, terms: Terms, world: World) -> int:
    """Counts what is taken: the amount, or the share of what the pool yields in the window.

    Units: base units, rounded down.
    """
    if take.amount is not None:
        return take.amount
    held = Fraction(terms.window.seconds, world.credits.seconds)
    return int(world.policy.pool[take.resource] * (take.share or 0) * held)


def split(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Splits an amount by weights into whole units; what is left over goes by largest remainder."""
    total = sum(weights)
    parts = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-(amount * weights[n] % total), n))
    for place in order[: amount - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def _lend(terms: Terms, take: Take, world: World) -> Iterable[Lending]:
    """Pairs lenders and borrowers of one resource, both in order, with as few loans as that takes."""
    here = [holder for holder in _sorted(world.holders) if holder.resource == take.resource]
    inside = world.policy.subtree(terms.area) if terms.area else frozenset[AreaId]()
    lenders = [h for h in here if h.available > 0 and _may_lend(h, terms, world, inside)]
    amount, held = amount_of(take, terms, world), sum(h.available for h in lenders)
    if amount > held:
        raise Refused([_refuse(Code.NOT_ENOUGH, terms, take, amount, held)])
    if not amount:
        return
    borrowers = _borrowers(terms, take, here, inside)
    gives = split(amount, [lender.available for lender in lenders])
    takes = split(amount, [weight for _, weight in borrowers])
    pairs = _pair(
        [(lender.project, given) for lender, given in zip(lenders, gives, strict=True)],
        [(name, taken) for (name, _), taken in zip(borrowers, takes, strict=True)],
    )
    extra = terms.payback.rate - 1
    for lender, borrower, part in pairs:
        premium = -int(-(part * extra) // 1)  # rounded up, for the lender
        yield Lending(
            lender=lender,
            borrower=borrower,
            resource=take.resource,
            amount=part,
            premium=premium,
        )


def _may_lend(holder: Holder, terms: Terms, world: World, inside: frozenset[AreaId]) -> bool:
    exempt = {
        area
        for named in (*terms.exempt_areas, *world.policy.code_red.exempt)
        for area in world.policy.subtree(named)
    }
    return (
        holder.area not in exempt | inside
        and holder.project not in terms.exempt_projects
        and holder.project != terms.project
    )


def _borrowers(
    terms: Terms, take: Take, here: Sequence[Holder], inside: frozenset[AreaId]
) -> list[tuple[ProjectId, int]]:
    """Lists who takes, with weights: the project, or the area's projects by what they were awarded."""
    if terms.project is not None:
        return [(terms.project, 1)]
    found = [(h.project, h.awarded) for h in here if h.area in inside and h.awarded > 0]
    if not found:
        raise Refused(
            [
                Refusal(
                    code=Code.INCOMPLETE,
                    subject=f"directive {terms.ref}",
                    remedy=f"No project of {terms.target} holds an award of {take.resource}; name a project.",
                )
            ]
        )
    return found


def _pair(
    gives: list[tuple[ProjectId, int]], takes: list[tuple[ProjectId, int]]
) -> Iterable[tuple[ProjectId, ProjectId, int]]:
    takers = [(name, part) for name, part in takes if part]
    for giver, held in gives:
        left = held
        while left:
            taker, wanted = takers.pop(0)
            part = min(left, wanted)
            yield giver, taker, part
            left -= part
            if wanted > part:
                takers.insert(0, (taker, wanted - part))


def _loser(holder: Holder, lent: int) -> Loser:
    return Loser(
        project=holder.project,
        area=holder.area,
        resource=holder.resource,
        minimum=holder.minimum,
        awarded=holder.awarded,
        sunk=holder.used,
        lent=lent,
        reach=holder.used + holder.available + holder.pending - lent,
    )


def _broken_floors(
    world: World, lent: Mapping[tuple[ProjectId, ResourceCode], int]
) -> Iterable[BrokenFloor]:
    for area in world.policy.areas:
        below = world.policy.subtree(area.id)
        for resource, floor in sorted(area.floor.items()):
            mine = [h for h in world.holders if h.area in below and h.resource == resource]
            awarded = sum(holder.awarded for holder in mine)
            kept = awarded - sum(lent.get((h.project, resource), 0) for h in mine)
            if kept < floor <= awarded:
                yield BrokenFloor(area=area.id, resource=resource, floor=floor, kept=kept)


def _sorted(holders: Iterable[Holder]) -> list[Holder]:
    return sorted(holders, key=lambda holder: (holder.resource, holder.project))


def _refuse(code: Code, terms: Terms, take: Take, asked: int, held: int) -> Refusal:
    return Refusal(
        code=code,
        subject=f"directive {terms.ref}, {take.resource}",
        remedy="Take less: this is all that those who are not exempt have left.",
        numbers={"asked": asked, "held": held},
    )
