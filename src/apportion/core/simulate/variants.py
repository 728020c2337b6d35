"""Other ways to do what a directive wants, and the same jobs with demand that stays high."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from apportion.core.simulate.directive import Directive
from apportion.core.simulate.outcome import Replay
from apportion.core.simulate.trace import NEVER, Trace, Whole

REPEATS = 4  # how often the group's jobs of the time come again where demand stays high
LONGER = ((2, "half"), (3, "a third of"), (4, "a quarter of"))
SMALLER = (
    (Fraction(3, 4), "three quarters of"),
    (Fraction(1, 2), "half"),
    (Fraction(1, 4), "a quarter of"),
)
TIMES = {2: "twice", 3: "three times", 4: "four times"}


def alternatives(directive: Directive) -> tuple[tuple[str, Directive], ...]:
    """Nine other ways: stopping or draining, less for longer, less, and other paybacks."""
    span = directive.ends_at - directive.starts_at
    other = replace(directive, preempt=not directive.preempt)
    longer = [
        (
            f"{part} the amount for {TIMES[times]} as long",
            replace(
                directive,
                amount=_lending(directive, Fraction(1, times)),
                ends_at=directive.starts_at + times * span,
            ),
        )
        for times, part in LONGER
    ]
    smaller = [
        (f"{part} the amount", replace(directive, amount=_lending(directive, share)))
        for share, part in SMALLER
    ]
    slower = replace(directive, payback=directive.payback / 2)
    return (
        ("by preemption" if other.preempt else "by draining", other),
        *longer,
        *smaller,
        ("paid back with the whole quota", replace(directive, payback=Fraction(1))),
        ("paid back at half the pace", slower),
    )


def _lending(directive: Directive, part: Fraction) -> int:
    """What the group may use where others lend a part of what was declared."""
    return max(1, directive.amount - directive.lent + int(directive.lent * part))


def stay_high(told: Replay, directive: Directive) -> Trace:
    """The jobs of a replay with the group's jobs of the time coming again, and again, after its end."""
    trace = told.trace
    which = of_the_time(trace, directive) & of_group(told, directive.group)
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


def of_the_time(trace: Trace, directive: Directive) -> NDArray[np.bool_]:
    """Marks the jobs that are sent while it holds."""
    told: NDArray[np.bool_] = (trace.submit >= directive.starts_at) & (
        trace.submit < directive.ends_at
    )
    return told


def of_group(told: Replay, name: str) -> NDArray[np.bool_]:
    """Marks the jobs of a group and of those below it."""
    inside = [
        each == name or any(group.name == name for group in told.cluster.chain(each))
        for each in told.trace.groups
    ]
    marked: NDArray[np.bool_] = np.array(inside, np.bool_)[told.trace.group]
    return marked
