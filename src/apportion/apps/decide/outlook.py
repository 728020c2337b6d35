"""What a round comes to: who is in, where the line lies, which promise breaks, as pages show it.

No tables here: the facts come from queries, and a decision comes from the engine alone. Before
there is a slate, the outlook goes down the ranking and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apportion.adapters.svg.marks import Svg
from apportion.adapters.svg.shares import draw_share, full_scale
from apportion.adapters.svg.skyline import Block, Skyline, draw_skyline
from apportion.apps.decide.queries import Candidate
from apportion.apps.rounds.wording import unit_label
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Policy
from apportion.core.units import BASE_UNITS, DisplayUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One request with what it would get of the resource that is drawn. Units: base units."""

    rank: int
    row: Candidate
    minimum: int
    ask: int
    given: int
    outcome: str

    @property
    def tied(self) -> bool:
        """Says whether it is too close to the line to tell."""
        return self.row.chance is not None and self.row.chance.in_zone

    @property
    def fits(self) -> bool:
        """Says whether it gets anything."""
        return self.outcome != "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One area's share of what can be awarded, and its promise. Units: base units."""

    name: str
    position: int
    given: int
    share: float
    promised: int
    short: int
    bar: Svg

    @property
    def percent(self) -> str:
        """Writes the share."""
        return f"{self.share:.0%}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The round as a board sees it: in rank order, those that fit before those that do not.

    Units: base units of `resource`.
    """

    resource: str
    unit: str
    capacity: int
    lots: tuple[Lot, ...]
    shares: tuple[Share, ...]
    by_slate: bool

    @property
    def asked(self) -> int:
        """Sums the asks."""
        return sum(lot.ask for lot in self.lots)

    @property
    def given(self) -> int:
        """Sums what would be given."""
        return sum(lot.given for lot in self.lots)

    @property
    def fitting(self) -> int:
        """Counts who gets anything."""
        return sum(lot.fits for lot in self.lots)

    @property
    def at_minimum(self) -> int:
        """Counts who gets less than the ask."""
        return sum(lot.outcome in {"minimum", "partial"} for lot in self.lots)

    @property
    def has_odds(self) -> bool:
        """Says whether it is known how sure the outcomes are."""
        return any(lot.row.chance for lot in self.lots)

    @property
    def tied(self) -> int:
        """Counts who is too close to the line to tell."""
        return sum(lot.tied for lot in self.lots)

    @property
    def scored(self) -> bool:
        """Says whether any request has a score yet."""
        return any(lot.row.score is not None for lot in self.lots)

    @property
    def extent(self) -> int:
        """How far the picture reaches: what was asked, or a little more than there is."""
        return max(self.asked, round(self.capacity * 1.02), 1)

    @property
    def line_at(self) -> int:
        """Finds the place of the line: those before it get something."""
        return self.fitting

    @property
    def missed(self) -> tuple[Share, ...]:
        """Lists the promises that would break."""
        return tuple(share for share in self.shares if share.short)


def look_out(
    rows: Sequence[Candidate], policy: Policy, positions: dict[str, int], *, by_slate: bool
) -> Outlook:
    """Lays the round out: by the slate where there is one, else down the ranking."""
    resource = next(iter(policy.pool))
    lots = _by_slate(rows, resource) if by_slate else _down_the_ranking(rows, policy, resource)
    return Outlook(
        resource=resource,
        unit=policy.resources[resource].unit.value,
        capacity=policy.awardable(resource),
        lots=tuple(sorted(lots, key=lambda lot: (not lot.fits, lot.rank))),
        shares=_shares(lots, policy, resource, positions),
        by_slate=by_slate,
    )


def draw_outlook(outlook: Outlook, *, key: str, tall: bool, ghost: int | None = None) -> Svg:
    """Draws the outlook as a skyline; the ghost is what the engine's own plan would give."""
    per = BASE_UNITS[_unit(outlook)]
    label = unit_label(outlook.resource, outlook.unit)
    return draw_skyline(
        Skyline(
            key=key,
            blocks=(
                *(_block(lot, lot.given, fits=True) for lot in outlook.lots if lot.given),
                *(_block(lot, lot.ask - lot.given, fits=False) for lot in outlook.lots),
            ),
            capacity=outlook.capacity,
            per_display=per,
            unit=label,
            tall=tall,
            ghost=ghost,
            label=f"{len(outlook.lots)} requests in rank order against the capacity; "
            f"{outlook.fitting} fit",
        )
    )


def _block(lot: Lot, width: int, *, fits: bool) -> Block:
    """Draws what a request gets left of the line, and what it does not get right of it."""
    return Block(
        name=lot.row.title if fits or not lot.given else f"{lot.row.title}, the rest",
        area=lot.row.position,
        score=float(lot.row.score) if lot.row.score is not None else 1.0,
        minimum=min(lot.minimum, width),
        ask=width,
        fits=fits,
        odds=lot.row.chance.percent if lot.row.chance else None,
        tied=lot.tied,
    )


def _by_slate(rows: Sequence[Candidate], resource: str) -> tuple[Lot, ...]:
    return tuple(
        _lot(place, row, resource, row.outcome or "not_yet", None)
        for place, row in enumerate(rows, start=1)
    )


def _down_the_ranking(rows: Sequence[Candidate], policy: Policy, resource: str) -> tuple[Lot, ...]:
    """Gives each its ask, else its minimum, else nothing, while there is room."""
    room = {str(code): policy.awardable(code) for code in policy.pool}
    lots = []
    for place, row in enumerate(rows, start=1):
        outcome = "not_yet"
        for wanted, name in (("ask", "full"), ("minimum", "minimum")):
            needs = {a.resource: getattr(a, wanted) for a in row.amounts}
            if all(need <= room.get(code, 0) for code, need in needs.items()):
                outcome = name
                room = {code: left - needs.get(code, 0) for code, left in room.items()}
                break
        lots.append(_lot(place, row, resource, outcome, outcome))
    return tuple(lots)


def _lot(rank: int, row: Candidate, resource: str, outcome: str, simple: str | None) -> Lot:
    amount = next((a for a in row.amounts if a.resource == resource), None)
    minimum, ask = (amount.minimum, amount.ask) if amount else (0, 0)
    if simple is None:
        given = (amount.award or 0) if amount else 0
    else:
        given = {"full": ask, "minimum": minimum}.get(simple, 0)
    return Lot(rank=rank, row=row, minimum=minimum, ask=ask, given=given, outcome=outcome)


def _shares(
    lots: Sequence[Lot], policy: Policy, resource: str, positions: dict[str, int]
) -> tuple[Share, ...]:
    capacity = max(policy.awardable(ResourceCode(resource)), 1)
    given: dict[str, int] = {}
    for lot in lots:
        given[lot.row.area_slug] = given.get(lot.row.area_slug, 0) + lot.given
    sums = {
        area.id: sum(given.get(under, 0) for under in policy.subtree(AreaId(area.id)))
        for area in policy.areas
    }
    full = full_scale([amount / capacity for amount in sums.values()])
    shares = []
    for place, area in enumerate(policy.areas):
        promised = area.floor.get(ResourceCode(resource), 0)
        position = positions.get(area.id, place)
        share = sums[area.id] / capacity
        floor = promised / capacity if promised else None
        shares.append(
            Share(
                name=area.name,
                position=position,
                given=sums[area.id],
                share=share,
                promised=promised,
                short=max(promised - sums[area.id], 0) if lots else 0,
                bar=draw_share(share=share, floor=floor, area=position, full=full),
            )
        )
    return tuple(shares)


def _unit(outlook: Outlook) -> DisplayUnit:
    return DisplayUnit(outlook.unit)
