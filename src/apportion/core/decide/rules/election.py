"""An election: projects with costs, one budget, and ballots counted once for each way to vote."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]  # int64, or Python integers where a sum could pass 2 ** 62

SAFE = 2**62
LARGE = 50_000  # marks on ballots that differ


class BallotKind(StrEnum):
    """How voters were asked."""

    APPROVAL = "approval"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"
    ORDINAL = "ordinal"


class Satisfaction(StrEnum):
    """What a project that is bought counts for a voter who named it."""

    COST = "cost"  # its cost: a voter is the happier the more money goes where they wished (what
    # is free counts as if it cost one, or else nobody would be for it)
    CARDINALITY = "cardinality"  # one
    POINTS = "points"  # the points given
    BORDA = "borda"  # how many of the ballot's projects stand below it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ballots:
    """Every way in which somebody voted, with how many voted so.

    Shape: ballot k names `projects[starts[k]:starts[k + 1]]`, each once, with `points` beside;
    `weights[k]` voters cast it. No two ballots are the same.
    Units: points as given, all multiplied by one number that makes them whole; for an ordinal
    ballot how many of its projects stand below.
    """

    starts: Ints
    projects: Ints
    points: Ints
    weights: Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Election:
    """What is to be bought, for how much, and by whom.

    Shape: projects stand in the order of their ids as text, which is the order that settles ties.
    Units: costs and budget in `1 / scale` of the election's own money.
    """

    projects: tuple[str, ...]
    costs: tuple[int, ...]
    budget: int
    scale: int
    kind: BallotKind
    ballots: Ballots

    @cached_property
    def voters(self) -> int:
        """Counts everybody who voted, those who named nothing too."""
        return int(self.ballots.weights.sum())

    @property
    def satisfaction(self) -> Satisfaction:
        """What a voter's satisfaction is unless somebody says otherwise."""
        return SATISFACTIONS[self.kind][0]


SATISFACTIONS = {
    BallotKind.APPROVAL: (Satisfaction.COST, Satisfaction.CARDINALITY),
    BallotKind.CUMULATIVE: (Satisfaction.POINTS, Satisfaction.COST, Satisfaction.CARDINALITY),
    BallotKind.SCORING: (Satisfaction.POINTS, Satisfaction.COST, Satisfaction.CARDINALITY),
    BallotKind.ORDINAL: (Satisfaction.BORDA, Satisfaction.COST, Satisfaction.CARDINALITY),
}


@dataclass(frozen=True, slots=True, eq=False)
class Supporter:
    """Who is for one project: ballots, how many voters each stands for, what it counts for one.

    Shape: one place for each ballot.
    """

    ballots: Ints
    weights: Ints
    utility: Numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Electorate:
    """The election seen from its projects: what each counts for whom.

    Shape: `utility` lies beside `ballots.projects`; `support[p]` has the ballots for project p
    for which it counts more than nothing, `backers[p]` says how many voters those are and
    `welfare[p]` what it counts for them together. `compiled` is None where it does not pay.
    """

    election: Election
    utility: Numbers
    support: tuple[Supporter, ...]
    backers: tuple[int, ...]
    welfare: tuple[int, ...]
    compiled: Any  # the compiled loops; None where the election is too small for them


def electorate(election: Election, *, satisfaction: Satisfaction) -> Electorate:
    """Lays the ballots out by project."""
    ballots, count = election.ballots, len(election.projects)
    utility = utilities(election, satisfaction)
    compiled = _compiled(utility)
    if compiled:
        edges, chosen, weights, counted = compiled.by_project(
            ballots.starts, ballots.projects, utility, ballots.weights, count
        )
    else:
        edges, chosen = _by_project(ballots, utility, count)
        counted = utility[chosen]
        ballot_of = np.repeat(np.arange(len(ballots.weights)), np.diff(ballots.starts))
        chosen = ballot_of[chosen]
        weights = ballots.weights[chosen].astype(utility.dtype)
    columns = chosen, weights, counted
    bounds = edges.tolist()
    return Electorate(
        election=election,
        utility=utility,
        support=tuple(
            Supporter(*(column[low:high] for column in columns)) for low, high in pairwise(bounds)
        ),
        backers=_totals(weights, edges),
        welfare=_totals(weights * counted, edges),
        compiled=compiled,
    )


def _by_project(ballots: Ballots, utility: Numbers, count: int) -> tuple[Ints, Ints]:
    """Sorts the marks by project: where each project begins, and the places of its marks."""
    narrow = np.min_scalar_type(count)  # numpy sorts 16 bits in one pass
    order = np.argsort(ballots.projects.astype(narrow), kind="stable")
    if (utility <= 0).any():
        order = order[utility[order] > 0]
    sizes = np.bincount(ballots.projects[order], minlength=count)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), order


def _totals(values: Numbers, edges: Ints) -> tuple[int, ...]:
    """Adds up what lies between one edge and the next."""
    running = np.concatenate([np.zeros(1, dtype=values.dtype), np.cumsum(values)])
    return tuple((running[edges[1:]] - running[edges[:-1]]).tolist())


def _compiled(utility: Numbers) -> ModuleType | None:
    """The compiled loops, where an election is large enough to make up for importing them."""
    if len(utility) < LARGE or utility.dtype == object:
        return None
    return import_module("apportion.core.decide.rules.compiled")


def utilities(election: Election, satisfaction: Satisfaction) -> Numbers:
    """What each project named on a ballot counts for the one who cast it."""
    ballots = election.ballots
    if satisfaction in {Satisfaction.POINTS, Satisfaction.BORDA}:
        found: Numbers = ballots.points
    elif satisfaction is Satisfaction.COST:
        found = np.maximum(np.array(election.costs, dtype=np.int64), 1)[ballots.projects]
    else:
        found = np.ones(len(ballots.projects), dtype=np.int64)
    most = int(found.max(initial=0)) * election.voters * max(1, len(election.projects))
    return found if most < SAFE else found.astype(object)
