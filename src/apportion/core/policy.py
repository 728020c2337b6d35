"""The leaders' rules for one round as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from apportion.core.ids import AreaId, GroupId, ResourceCode
from apportion.core.units import Resource


class Objective(StrEnum):
    """What the engine maximises once the floors are as good as they can be."""

    MERIT = "merit"
    CUT_LINE = "cut-line"
    NASH = "nash"
    LEXIMIN = "leximin"
    EQUAL_SHARES = "equal-shares"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A node of the research tree, with a promised floor and a cap per resource.

    Units: base units (unit-seconds or items). A resource that is absent is unbounded.
    """

    id: AreaId
    name: str
    floor: Mapping[ResourceCode, int] = field(default_factory=dict)
    cap: Mapping[ResourceCode, int] = field(default_factory=dict)
    parent: AreaId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A cap across areas, such as the flagship's share. Units: base units."""

    id: GroupId
    cap: Mapping[ResourceCode, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLine:
    """How the plain cut line goes down the ranking."""

    threshold: Fraction = Fraction(0)  # a score below this is not fundable
    skip_unfit: bool = True  # True: go on past what no longer fits; False: stop there


class Voters(StrEnum):
    """Who holds the shares of a round that is decided by equal shares."""

    AREAS = "areas"  # every area, for its own requests
    REVIEWERS = "reviewers"  # every reviewer with an opinion, for what that says


class Counting(StrEnum):
    """What an opinion counts when a round is decided by equal shares."""

    ADDITIVE = "additive"  # what the request is worth at that score
    APPROVAL = "approval"  # what is granted, to everybody whose score reaches the threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualShares:
    """How a round is decided by equal shares."""

    voters: Voters = Voters.AREAS
    count: Counting = Counting.ADDITIVE
    complete: bool = True  # True: what nobody's share pays for is spent down the ranking


class TieBy(StrEnum):
    """Who decides where scores are too close to the line to tell."""

    LOTTERY = "lottery"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRule:
    """What happens inside the tie zone: requests that are neither likely nor unlikely to be funded.

    Units: low and high as shares of the draws, both outside the zone.
    """

    low: Fraction = Fraction(1, 10)
    high: Fraction = Fraction(9, 10)
    by: TieBy | None = None  # None: the engine's proposal stands
    draws: int = 200
    allow_uncommitted: bool = False  # True: a lottery may use a seed that nobody promised


SEALED_PREFIX = "sealed:"  # before the commitment of a seed that nobody has revealed yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """How much of an unused grant outlives its period; without a rule all of it lapses.

    Units: at_most in base units; shares as exact fractions of what the account was given.
    """

    share: Fraction = Fraction(0)
    shares: Mapping[ResourceCode, Fraction] = field(default_factory=dict)  # where it differs
    at_most: Mapping[ResourceCode, int] = field(default_factory=dict)

    def bound(self, resource: ResourceCode, given: int) -> int:
        """Gives the most that may be carried over, rounded down; both bounds hold."""
        part = int(max(0, given) * self.shares.get(resource, self.share))
        return min(part, self.at_most.get(resource, part))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRed:
    """What a directive that lends the round's credits elsewhere must keep to."""

    signers: int = 2  # besides whoever drafted it
    exempt: tuple[AreaId, ...] = ()  # areas that never lend
    notice_days: int = 14  # before a project is shelved


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRule:
    """How the board decides."""

    signers: int = 1  # different people, whoever adopts among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules: what there is, who is promised what, how it is decided.

    Units: pool, floors, caps and what is carried in base units; shares and gap as exact fractions.
    """

    name: str
    resources: Mapping[ResourceCode, Resource]
    pool: Mapping[ResourceCode, int]
    areas: tuple[Area, ...]
    groups: tuple[Group, ...] = ()
    # what areas are owed from the rounds before: promised on top of their floors
    carried: Mapping[AreaId, Mapping[ResourceCode, int]] = field(default_factory=dict)
    reserve_share: Fraction = Fraction(0)  # kept back before anything is awarded
    appeals_share: Fraction = Fraction(0)  # kept back for appeals, on top of the reserve
    objective: Objective = Objective.MERIT
    # merit = score * ask^exponent without a value column
    size_exponent: Fraction = Fraction(17, 20)
    # a share of the ask is worth share^exponent of the whole, drawn straight from minimum to ask
    curve_exponent: Fraction = Fraction(1)
    gap: Fraction = Fraction(0)  # relative optimality gap allowed; 0 is the proved optimum
    tie_seed: str = "0x0"
    tie_commitment: str | None = None
    ties: TieRule = TieRule()
    cut_line: CutLine = CutLine()
    equal_shares: EqualShares = EqualShares()
    carry: Carry = Carry()
    code_red: CodeRed = CodeRed()
    board: BoardRule = BoardRule()

    @property
    def is_sealed(self) -> bool:
        """Says whether the seed was promised and is not revealed yet."""
        return self.tie_seed.startswith(SEALED_PREFIX)

    def awardable(self, resource: ResourceCode) -> int:
        """Counts what may be awarded: the pool less reserve and appeals, rounded down."""
        kept = self.reserve_share + self.appeals_share
        return int(self.pool[resource] * (1 - kept))

    def promises(self, area: Area) -> tuple[tuple[ResourceCode, int, int], ...]:
        """Lists what an area is promised: resource, amount, and how much of that is owed.

        What is owed is promised beside the floor, on top of it, to those who are owed the largest
        part of what they were promised; the others wait. An area that is repaid counts twice while
        its floor is short, so that it comes first where not all floors can be kept.
        """
        plain = ((code, floor, 0) for code, floor in area.floor.items())
        owed = (
            (code, area.floor.get(code, 0) + amount, amount)
            for code, amount in self.carried.get(area.id, {}).items()
            if amount and self.owed_part(area, code) == self._largest_owed(code)
        )
        return tuple(promise for promise in (*plain, *owed) if promise[1])

    def owed_part(self, area: Area, resource: ResourceCode) -> Fraction:
        """Counts what is owed as a part of floor and owed together."""
        owed = self.carried.get(area.id, {}).get(resource, 0)
        return Fraction(owed, area.floor.get(resource, 0) + owed) if owed else Fraction(0)

    def _largest_owed(self, resource: ResourceCode) -> Fraction:
        return max(self.owed_part(area, resource) for area in self.areas)

    def subtree(self, area: AreaId) -> frozenset[AreaId]:
        """Collects an area and everything below it."""
        found = {area}
        while more := {a.id for a in self.areas if a.parent in found} - found:
            found |= more
        return frozenset(found)
