"""What a directive would do, before anyone signs: the same jobs with it and without it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apportion.core.refusals import Refused
from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.directive import Directive, check_directive, emergency_of
from apportion.core.simulate.fidelity import Fidelity, compare_with_record
from apportion.core.simulate.outcome import Replay
from apportion.core.simulate.policy import Policy
from apportion.core.simulate.trace import Trace
from apportion.core.simulate.variants import alternatives, of_group, of_the_time, stay_high

Told = Callable[[str], object]
Spread = Callable[..., Iterable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one group gains or loses.

    Units: waits in seconds, means and medians over the jobs sent in the time (None: it sends
        none); `got` in processor-seconds within the time; `lost` what stops cost it.
    """

    group: str
    jobs: int
    wait_without: float | None
    wait_with: float | None
    median_without: float | None
    median_with: float | None
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
    directive: Directive,
    trace: Trace,
    cluster: Cluster,
    policy: Policy,
    *,
    tell: Told,
    spread: Spread = map,
) -> Preview:
    """Replays with and without the directive, and its alternatives. `tell` hears each that is done.

    `spread` plays several at once where it can, as the map of a pool of threads does.

    Refuses: whatever `check_directive` finds.
    """
    faults = check_directive(directive, trace, cluster)
    if faults:
        raise Refused(faults)
    runs = _Runs(directive, trace, cluster, policy, tell)
    others = alternatives(directive)
    first = [("without it", None), ("with it", directive), *others]
    without, told, *rest = spread(runs.play_named, first)
    busy = runs.play_named(
        ("with demand that stays high", directive), stay_high(without, directive)
    )
    return Preview(
        directive=directive,
        changes=_changes(directive, without, told),
        chosen=runs.variant("as declared", directive, told),
        preemptions=told.preemptions,
        repaid_if_demand_stays=busy.repaid_at,
        owed_if_demand_stays=sum(loan.owed for loan in busy.loans),
        finished_at=runs.finished_at(told),
        smallest=runs.smallest(told, spread),
        alternatives=tuple(
            runs.variant(name, other, played)
            for (name, other), played in zip(others, rest, strict=True)
        ),
        fidelity=compare_with_record(without),
    )


class _Runs:
    """Plays the same jobs under one directive after the other."""

    def __init__(
        self, directive: Directive, trace: Trace, cluster: Cluster, policy: Policy, tell: Told
    ) -> None:
        self._directive, self._trace = directive, trace
        self._cluster, self._policy, self._tell = cluster, policy, tell

    def play_named(self, named: tuple[str, Directive | None], trace: Trace | None = None) -> Replay:
        told = self.play(named[1], trace=trace)
        self._tell(named[0])
        return told

    def play(self, directive: Directive | None, *, trace: Trace | None = None) -> Replay:
        from apportion.core.simulate.replay import replay  # its kernels take longer than a start

        return replay(
            self._trace if trace is None else trace,
            self._cluster,
            self._policy,
            emergency=None if directive is None else emergency_of(directive),
            between=(self._directive.starts_at, self._directive.ends_at),
        )

    def variant(self, name: str, directive: Directive, told: Replay) -> Variant:
        during = of_the_time(told.trace, self._directive)
        mine = of_group(told, directive.group)
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
        during = of_the_time(told.trace, self._directive)
        which = during & of_group(told, self._directive.group)
        return int(told.ends[which].max()) if which.any() else None

    def smallest(self, told: Replay, spread: Spread) -> int | None:
        """The smallest amount, by bisection, with which the group's jobs end in time.

        The amount found meets the date and the one below it does not; where waits do not fall
        steadily with the amount a yet smaller one might meet it too. Two amounts are tried at a
        time, so that it takes as long on two cores as halving would on one with half the steps.
        """
        by, end = self._directive.finish_by, self.finished_at(told)
        if by is None or end is None or end > by:
            return None
        low, high = min(self._directive.quota, self._directive.amount), self._directive.amount
        end = self._end_with(low) if low else None
        if end is not None and end <= by:
            return low
        while high - low > 1:
            third = max(1, (high - low) // 3)
            tried = sorted({low + third, min(high - 1, low + 2 * third)})
            ends = list(spread(self._end_with, tried))
            meets = [end is not None and end <= by for end in ends]
            for amount, met in zip(tried, meets, strict=True):
                if met:
                    high = amount
                    break
                low = amount
        return high

    def _end_with(self, amount: int) -> int | None:
        named = (f"with {amount:,} processors", replace(self._directive, amount=amount))
        return self.finished_at(self.play_named(named))


def _changes(directive: Directive, without: Replay, told: Replay) -> tuple[Change, ...]:
    """Shape: groups by what they give, the largest loss first."""
    got, before = dict(told.served), dict(without.served)
    loans, minimums = {loan.group: loan for loan in told.loans}, dict(directive.minimums)
    during = of_the_time(told.trace, directive)
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
                median_without=_median(without, which & during),
                median_with=_median(told, which & during),
                got_without=before[leaf],
                got_with=got[leaf],
                minimum=minimums.get(name),
                lost=int(told.lost[which].sum()),
                lent=loan.lent if loan else 0,
                owed=loan.owed if loan else 0,
            )
        )
    return tuple(sorted(found, key=lambda change: (change.moved, change.group)))


def _mean(told: Replay, which: NDArray[np.bool_]) -> float | None:
    return float(told.waits[which].mean()) if which.any() else None


def _median(told: Replay, which: NDArray[np.bool_]) -> float | None:
    return float(np.median(told.waits[which])) if which.any() else None
