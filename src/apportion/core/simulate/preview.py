"""What a directive would do, before anyone signs: the same jobs with it and without it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from apportion.core.refusals import Refused
from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.directive import Directive, check_directive, emergency_of
from apportion.core.simulate.fidelity import Fidelity, compare_with_record
from apportion.core.simulate.policy import Policy
from apportion.core.simulate.replay import Replay, replay
from apportion.core.simulate.trace import NEVER, Trace, Whole

REPEATS = 4  # how often the group's jobs of the time come again where demand stays high

Told = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one group gains or loses.

    Units: waits in seconds, means over the jobs sent in the time (None: it sends none); `got` in
        processor-seconds within the time; `lost` what stops cost it.
    """

    group: str
    jobs: int
    wait_without: float | None
    wait_with: float | None
    got_without: int
    got_with: int
    minimum: int | None
    lost: int
    lent: int
    owed: int

    @property
    def moved(self) -> int:
        """What it gains, below zero what it gives."""
        return self.got_with - self.got_without

    @property
    def falls_short(self) -> bool:
        """Whether it falls under its minimum and would not without the directive."""
        return self.minimum is not None and self.got_with < min(self.minimum, self.got_without)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another way to do it. Units: seconds; processors; processor-seconds."""

    name: str
    amount: int
    preempt: bool
    ends_at: int
    wait: float | None
    wait_of_others: float | None
    lost: int
    repaid_at: int | None
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The whole price. `smallest` is None where nothing was to be met or no amount meets it."""

    directive: Directive
    changes: tuple[Change, ...]
    chosen: Variant
    preemptions: int
    repaid_if_demand_stays: int | None
    owed_if_demand_stays: int
    finished_at: int | None
    smallest: int | None
    alternatives: tuple[Variant, ...]
    fidelity: Fidelity | None

    @property
    def losers(self) -> tuple[Change, ...]:
        """Those who fall under what was promised to them."""
        return tuple(change for change in self.changes if change.falls_short)


def preview(
    directive: Directive, trace: Trace, cluster: Cluster, policy: Policy, *, tell: Told
) -> Preview:
    """Replays with and without the directive, and its alternatives. `tell` hears each step.

    Refuses: whatever `check_directive` finds.
    """
    faults = check_directive(directive, trace, cluster)
    if faults:
        raise Refused(faults)
    runs = _Runs(directive, trace, cluster, policy)
    tell("without the directive")
    without = runs.play(None)
    tell("with it")
    told = runs.play(directive)
    tell("with demand that stays high")
    busy = runs.play(directive, trace=stay_high(without, directive))
    tell("alternatives")
    alternatives = tuple(
        runs.variant(name, other, runs.play(other)) for name, other in _alternatives(directive)
    )
    tell("the smallest amount")
    return Preview(
        directive=directive,
        changes=_changes(directive, without, told),
        chosen=runs.variant("as declared", directive, told),
        preemptions=told.preemptions,
        repaid_if_demand_stays=busy.repaid_at,
        owed_if_demand_stays=sum(loan.owed for loan in busy.loans),
        finished_at=runs.finished_at(told),
        smallest=runs.smallest(told),
        alternatives=alternatives,
        fidelity=compare_with_record(without),
    )


def stay_high(told: Replay, directive: Directive) -> Trace:
    """The jobs of a replay with the group's jobs of the time coming again, and again, after its end."""
    trace = told.trace
    which = _of_the_time(trace, directive) & _of_group(told, directive.group)
    span, count = directive.ends_at - directive.starts_at, int(which.sum())
    names = [trace.ids[at] for at in np.flatnonzero(which)]
    again = [trace.submit[which] + span * turn for turn in range(1, REPEATS + 1)]
    submit = np.concatenate([trace.submit, *again])
    order = np.argsort(submit, kind="stable")
    ids = (*trace.ids, *(f"{job}+{turn}" for turn in range(1, REPEATS + 1) for job in names))
    return replace(
        trace,
        ids=tuple(ids[at] for at in order),
        submit=submit[order],
        duration=_repeated(trace.duration, which)[order],
        procs=_repeated(trace.procs, which)[order],
        estimate=_repeated(trace.estimate, which)[order],
        group=_repeated(trace.group, which)[order],
        recorded=np.full(len(submit), NEVER, np.int64),
        states=("",) * (len(trace) + REPEATS * count),
    )


def _repeated(column: Whole, which: NDArray[np.bool_]) -> Whole:
    return np.concatenate([column, *[column[which]] * REPEATS])


class _Runs:
    """Plays the same jobs under one directive after the other."""

    def __init__(
        self, directive: Directive, trace: Trace, cluster: Cluster, policy: Policy
    ) -> None:
        self._directive, self._trace = directive, trace
        self._cluster, self._policy = cluster, policy

    def play(self, directive: Directive | None, *, trace: Trace | None = None) -> Replay:
        return replay(
            self._trace if trace is None else trace,
            self._cluster,
            self._policy,
            emergency=None if directive is None else emergency_of(directive),
            between=(self._directive.starts_at, self._directive.ends_at),
        )

    def variant(self, name: str, directive: Directive, told: Replay) -> Variant:
        during = _of_the_time(told.trace, self._directive)
        mine = _of_group(told, directive.group)
        return Variant(
            name=name,
            amount=directive.amount,
            preempt=directive.preempt,
            ends_at=directive.ends_at,
            wait=_mean(told, during & mine),
            wait_of_others=_mean(told, during & ~mine),
            lost=int(told.lost.sum()),
            repaid_at=told.repaid_at,
            owed=sum(loan.owed for loan in told.loans),
        )

    def finished_at(self, told: Replay) -> int | None:
        """When the last of the group's jobs of the time ends; None where it sends none."""
        during = _of_the_time(told.trace, self._directive)
        which = during & _of_group(told, self._directive.group)
        return int(told.ends[which].max()) if which.any() else None

    def smallest(self, told: Replay) -> int | None:
        """The smallest amount, by bisection, with which the group's jobs end in time.

        The amount found meets the date and the one below it does not; where waits do not fall
        steadily with the amount a yet smaller one might meet it too.
        """
        by, end = self._directive.finish_by, self.finished_at(told)
        if by is None or end is None or end > by:
            return None
        low, high = 0, self._directive.amount
        while high - low > 1:
            middle = (low + high) // 2
            end = self.finished_at(self.play(replace(self._directive, amount=middle)))
            if end is not None and end <= by:
                high = middle
            else:
                low = middle
        return high


def _alternatives(directive: Directive) -> tuple[tuple[str, Directive], ...]:
    span = directive.ends_at - directive.starts_at
    other = replace(directive, preempt=not directive.preempt)
    longer = replace(
        directive, amount=max(1, directive.amount // 2), ends_at=directive.ends_at + span
    )
    return (
        ("by preemption" if other.preempt else "by draining", other),
        ("half the amount for twice as long", longer),
        ("paid back with the whole quota", replace(directive, payback=Fraction(1))),
    )


def _changes(directive: Directive, without: Replay, told: Replay) -> tuple[Change, ...]:
    """Shape: groups by what they give, the largest loss first."""
    got, before = dict(told.served), dict(without.served)
    loans, minimums = {loan.group: loan for loan in told.loans}, dict(directive.minimums)
    during = _of_the_time(told.trace, directive)
    found = []
    for at, name in enumerate(told.trace.groups):
        which = told.trace.group == at
        leaf = name if f"{name} itself" not in got else f"{name} itself"
        if leaf not in got:
            continue
        loan = loans.get(leaf)
        found.append(
            Change(
                group=name,
                jobs=int((which & during).sum()),
                wait_without=_mean(without, which & during),
                wait_with=_mean(told, which & during),
                got_without=before[leaf],
                got_with=got[leaf],
                minimum=minimums.get(name),
                lost=int(told.lost[which].sum()),
                lent=loan.lent if loan else 0,
                owed=loan.owed if loan else 0,
            )
        )
    return tuple(sorted(found, key=lambda change: (change.moved, change.group)))


def _of_the_time(trace: Trace, directive: Directive) -> NDArray[np.bool_]:
    told: NDArray[np.bool_] = (trace.submit >= directive.starts_at) & (
        trace.submit < directive.ends_at
    )
    return told


def _of_group(told: Replay, name: str) -> NDArray[np.bool_]:
    """Marks the jobs of a group and of those below it."""
    inside = [
        each == name or any(group.name == name for group in told.cluster.chain(each))
        for each in told.trace.groups
    ]
    marked: NDArray[np.bool_] = np.array(inside, np.bool_)[told.trace.group]
    return marked


def _mean(told: Replay, which: NDArray[np.bool_]) -> float | None:
    return float(told.waits[which].mean()) if which.any() else None
