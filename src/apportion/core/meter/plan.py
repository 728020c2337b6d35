"""What an import would book: which pieces of which segments are new, and who pays them.

A segment is cut at the borders of the rounds' credit windows and of the books' periods. A piece is known for ever by its
segment's key and its start, so importing again, in any order, with or without a round, finds
what stands and adds only what does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from apportion.core.faults import Fault
from apportion.core.ids import TransferId, transfer_id
from apportion.core.meter.cut import Span, cut, holds_any, subtract
from apportion.core.meter.rate import Charge, Prices, charge
from apportion.core.meter.segments import Segment

SUSPENDED = "(suspense)"  # who consumed what nobody answers for yet; never a project's slug
NO_ACCOUNT = "(none)"  # the payer named by a record that names none
LONGEST_OWNER = 120


class Standing(NamedTuple):
    """A charge that stands in the books: enough to tell whether a record says the same.

    Shape: `is_open` where the job ran on when it was charged, so that more may follow.
    """

    started_at: int
    ended_at: int
    account: str
    size: int
    is_open: bool = False


class Payer(Enum):
    """Who answers for a piece."""

    PROJECT = "project"
    SUSPENSE = "suspense"  # unknown project, or outside every round's credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the office knows: its rounds' credit windows, projects, resources and prices.

    Shape: `periods` are those of the books; `only` restricts an import to one window, and pieces
        outside are left for another. `payers` maps accounts that are not named like a project to
        the project that answers for them. With `needs_user` nobody answers for a record that
        names no user, as Slurm writes one whom it no longer knows.
    """

    windows: tuple[Span, ...]
    projects: frozenset[str]
    resources: frozenset[str]
    prices: Prices
    only: Span | None = None
    periods: tuple[Span, ...] = ()
    payers: Mapping[str, str] = field(default_factory=dict)
    needs_user: bool = False
    borders: tuple[int, ...] = field(init=False)  # all instants at which a segment is cut

    def __post_init__(self) -> None:
        borders = sorted({at for span in (*self.windows, *self.periods) for at in span})
        object.__setattr__(self, "borders", tuple(borders))

    def project_of(self, segment: Segment) -> str | None:
        """Finds the project whose credits answer for a segment, or None."""
        if self.needs_user and not segment.user:
            return None
        name = segment.project
        return name if name in self.projects else self.payers.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A new charge, its transfer id and who pays."""

    id: TransferId
    charge: Charge
    payer: Payer
    project: str = ""  # who answers; empty where nobody does


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is new, what stands already, what is left out and why, what contradicts the books."""

    pieces: tuple[Piece, ...]
    known: int
    outside: int
    uncounted: int  # segments of resources that no round gives, as the cores beside GPUs
    contradictions: tuple[Fault, ...]


def plan_import(
    segments: Iterable[Segment], *, facts: Facts, standing: Mapping[bytes, Standing]
) -> Plan:
    """Plans an import; `standing` holds the charges in the books among `ids_of` the segments.

    A job that was charged while it ran is trued up: what it ran since is a piece of its own,
    which starts where the last one ended.
    """
    pieces: list[Piece] = []
    contradictions: list[Fault] = []
    known = outside = uncounted = 0
    for segment in segments:
        if segment.resource not in facts.resources:
            uncounted += 1
            continue
        spans = cut((segment.started_at, segment.ended_at), facts.borders)
        before = [piece for _, piece in _walk(segment, spans, standing) if piece is not None]
        if differs := _contradiction(segment, spans, before):
            contradictions.append(_fault(segment, differs))
            continue
        new = [left for span in spans for left in _uncovered(span, before)]
        wanted = [span for span in new if facts.only is None or holds_any((facts.only,), span[0])]
        known += bool(before)
        outside += len(new) - len(wanted)
        pieces += [_piece(segment, span, facts) for span in wanted]
    return Plan(
        pieces=tuple(pieces),
        known=known,
        outside=outside,
        uncounted=uncounted,
        contradictions=tuple(contradictions),
    )


def ids_of(
    segments: Iterable[Segment], *, facts: Facts, standing: Mapping[bytes, Standing] | None = None
) -> Iterator[TransferId]:
    """Lists the ids under which pieces of the segments may stand in the books.

    A piece that was charged while its job ran tells where the next one starts: ask again with
    what was found as `standing`, until nothing more is found. Ids in `standing` are left out.
    """
    known = standing or {}
    for segment in segments:
        spans = cut((segment.started_at, segment.ended_at), facts.borders)
        for piece_id, piece in _walk(segment, spans, known):
            if piece is None:
                yield piece_id


def pieces_of(
    segment: Segment, *, facts: Facts, standing: Mapping[bytes, Standing]
) -> Iterator[tuple[TransferId, Standing]]:
    """Lists the pieces of a segment that stand in the books."""
    spans = cut((segment.started_at, segment.ended_at), facts.borders)
    for piece_id, piece in _walk(segment, spans, standing):
        if piece is not None:
            yield piece_id, piece


def _walk(
    segment: Segment, spans: Iterable[Span], standing: Mapping[bytes, Standing]
) -> Iterator[tuple[TransferId, Standing | None]]:
    """Visits each instant at which a piece may start: borders, and where open pieces ended."""
    ahead = [start for start, _ in spans]
    seen: set[int] = set()
    while ahead:
        at = ahead.pop()
        if at in seen:
            continue
        seen.add(at)
        piece_id = transfer_id(at * 1000, segment.key)
        piece = standing.get(piece_id)
        yield piece_id, piece
        if piece is not None and piece.is_open and piece.ended_at < segment.ended_at:
            ahead.append(piece.ended_at)


def _contradiction(
    segment: Segment, spans: Sequence[Span], before: Sequence[Standing]
) -> str | None:
    """Says how the charges that stand differ from what the record says now."""
    for standing in before:
        if standing.account != account_text(segment):
            return f"imported before for {standing.account}"
        if standing.size != segment.size:
            return f"imported before with {standing.size} units"
        if standing.ended_at > segment.ended_at and not segment.is_running:
            return f"imported before as running until {standing.ended_at}"
    open_ends = {standing.ended_at for standing in before if standing.is_open}
    for span in spans if before else ():
        left = _uncovered(span, before)
        if left and left != [span] and not (len(left) == 1 and left[0][0] in open_ends):
            return f"imported before without the seconds {left[0][0]} to {left[0][1]}"
    return None


def _fault(segment: Segment, what: str) -> Fault:
    return Fault(
        file=segment.file,
        line=segment.line,
        field="key",
        value=segment.key,
        what=what,
        remedy="What stands in the books stands; mend it there with a refund",
    )


def _uncovered(span: Span, before: Sequence[Standing]) -> list[Span]:
    return subtract(span, [(standing.started_at, standing.ended_at) for standing in before])


def _piece(segment: Segment, span: Span, facts: Facts) -> Piece:
    project = facts.project_of(segment)
    answers = project is not None and holds_any(facts.windows, span[0])
    return Piece(
        id=transfer_id(span[0] * 1000, segment.key),
        charge=charge(segment=segment, span=span, prices=facts.prices),
        payer=Payer.PROJECT if answers else Payer.SUSPENSE,
        project=project if answers and project is not None else "",
    )


def account_text(segment: Segment) -> str:
    """Names the payer as the record does, so that it fits an account."""
    return segment.project[:LONGEST_OWNER] or NO_ACCOUNT
