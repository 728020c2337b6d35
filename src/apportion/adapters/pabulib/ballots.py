"""Reads the ballots of a `.pb` file; equal ballots are read once and counted."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain

import numpy as np

from apportion.adapters.files.faults import Faults, near
from apportion.core.decide.rules.election import BallotKind, Ballots
from apportion.core.units import NotAQuantity, parse_decimal

MOST_POINTS = 10**6
THOUSANDTHS = 1000
Marks = tuple[tuple[int, ...], tuple[int, ...]]  # projects in their order, and points for each
Complaint = Callable[[int], None]  # tells one thing that is wrong with a ballot, at a line


class BallotReader:
    """Takes ballots one by one and counts the equal ones."""

    def __init__(self, faults: Faults, kind: BallotKind, projects: Sequence[str]) -> None:
        self._faults, self._kind = faults, kind
        self._place: Mapping[str, int] = {name: p for p, name in enumerate(projects)}
        self._seen: dict[tuple[str, str], int] = {}
        self._voters: dict[str, int] = {}
        self._counts: list[int] = []
        self._marks: list[Marks] = []
        self._known: dict[str, int] = {}  # how many thousandths a spelling of points means
        self._wrong: dict[int, list[Complaint]] = {}

    def add(self, line: int, voter: str, vote: str, points: str = "") -> None:
        """Counts one ballot, and tells what is wrong with it."""
        known = self._voters.setdefault(voter, line)
        if known != line:
            remedy = f"Count each voter once; line {known} has this one"
            self._faults.add(
                what="repeated", remedy=remedy, line=line, field="voter_id", value=voter
            )
        spelled = (vote, points)
        at = self._seen.get(spelled)
        if at is None:
            at = self._seen[spelled] = len(self._counts)
            complaints: list[Complaint] = []
            self._counts.append(0)
            self._marks.append(self._read(vote, points, complaints))
            if complaints:
                self._wrong[at] = complaints
        self._counts[at] += 1
        for complain in self._wrong.get(at, ()):
            complain(line)

    def ballots(self) -> Ballots:
        """All ballots, in an order of their own that does not depend on the file's."""
        counts: dict[Marks, int] = {}
        for marks, count in zip(self._marks, self._counts, strict=True):
            counts[marks] = counts.get(marks, 0) + count
        ordered = sorted(counts)
        sizes = np.array([len(places) for places, _ in ordered], dtype=np.int64)
        points = np.fromiter(chain.from_iterable(given for _, given in ordered), dtype=np.int64)
        return Ballots(
            starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            projects=np.fromiter(chain.from_iterable(at for at, _ in ordered), dtype=np.int64),
            points=points // max(1, int(np.gcd.reduce(points))) if len(points) else points,
            weights=np.fromiter((counts[marks] for marks in ordered), dtype=np.int64),
        )

    def _read(self, vote: str, points: str, wrong: list[Complaint]) -> Marks:
        """Reads one ballot: which projects, and how many points each."""
        names = [name.strip() for name in vote.split(",")] if vote.strip() else []
        places = [self._place.get(name, -1) for name in names]
        if -1 in places:
            for name, place in zip(names, places, strict=True):
                if place < 0:
                    what, remedy = "no such project", self._remedy(name)
                    wrong.append(self._complaint("vote", what, remedy, name))
        if len(set(names)) < len(names):
            wrong.append(self._complaint("vote", "names one twice", "Name each once", vote))
        if self._kind is BallotKind.APPROVAL:
            return tuple(sorted(places)), (1,) * len(places)
        given = self._points(names, points, wrong)
        if wrong or not places:
            return (), ()
        at, each = zip(*sorted(zip(places, given, strict=True)), strict=True)
        return at, each

    def _points(self, names: Sequence[str], text: str, wrong: list[Complaint]) -> Sequence[int]:
        if self._kind is BallotKind.ORDINAL:
            return range(len(names) - 1, -1, -1)
        parts = text.split(",") if text.strip() else []
        if len(parts) != len(names):
            what = f"points for {len(parts)} of {len(names)} projects"
            wrong.append(self._complaint("points", what, "Give each project its points", text))
            return []
        return [self._one(part, wrong) for part in parts]

    def _one(self, text: str, wrong: list[Complaint]) -> int:
        """Reads points in thousandths."""
        known = self._known.get(text)
        if known is not None:
            return known
        try:
            value = Fraction(parse_decimal(text)) * THOUSANDTHS
        except NotAQuantity as error:
            wrong.append(self._complaint("points", error.what, error.remedy, text))
            return 0
        if value > MOST_POINTS * THOUSANDTHS or value.denominator > 1:
            remedy = f"Write at most {MOST_POINTS:,}, with at most three decimals"
            wrong.append(self._complaint("points", "out of range", remedy, text))
            return 0
        return self._known.setdefault(text, int(value))

    def _complaint(self, field: str, what: str, remedy: str, value: str) -> Complaint:
        def tell(line: int) -> None:
            self._faults.add(what=what, remedy=remedy, line=line, field=field, value=value)

        return tell

    def _remedy(self, name: str) -> str:
        return near(name, self._place) if len(self._place) <= 1000 else "Name a project of the file"
