"""How sure a panel's scores are: the reviewers as a model, an interval for every request.

Nothing is guessed: what the opinions at hand cannot tell is said in words and left out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

import numpy as np

from apportion.core.review.likelihood import Design, Fitted, fit

MICRO = 10**6  # scores inside are integers of a millionth of a point
FEWEST_TO_CORRECT = 4  # a reviewer or a panel with fewer opinions or requests is not corrected
FEWEST_PANELS = 3  # the spread of fewer cannot be told from chance
MOST_COLUMNS = 600  # reviewers and panels that one model holds
COVERED = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One reviewer's score of one request, as the model sees it. Units: points."""

    request: str
    reviewer: str
    score: Fraction
    panel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What a request's opinions say of its true score. Units: millionths of a point."""

    request: str
    opinions: int
    average: int  # of the opinions as written
    mean: int  # freed of severity and drawn towards the others, the more the fewer the opinions
    sd: int

    @property
    def low(self) -> int:
        """The lower end of the 95 % interval."""
        return self.mean - _reach(self.sd)

    @property
    def high(self) -> int:
        """The upper end of the 95 % interval."""
        return self.mean + _reach(self.sd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One source of difference between scores. Units: millionths of a squared point."""

    name: str  # request, reviewer, panel or noise
    variance: int | None
    why_not: str = ""  # why it is not estimated


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How far above the others a reviewer scores. Units: millionths of a point; None: too few."""

    reviewer: str
    opinions: int
    above: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The reviewers of a round as a model.

    Shape: beliefs and severities in the order of ids; no belief where `why_not` says why.
    """

    opinions: int
    components: tuple[Component, ...]
    beliefs: tuple[Belief, ...]
    severities: tuple[Severity, ...]
    why_not: str = ""

    def variance(self, name: str) -> int | None:
        """Finds one component's variance."""
        return next(c.variance for c in self.components if c.name == name)

    @property
    def agreement(self) -> Fraction | None:
        """The part of one opinion that is the request's own: the intraclass correlation."""
        own = self.variance("request")
        whole = sum(c.variance or 0 for c in self.components)
        return Fraction(own, whole) if own is not None and whole else None


def calibrate(marks: Iterable[Mark]) -> Calibration:
    """Fits the model; the order of the marks leaves no trace.

    At most one mark of a reviewer for a request.
    """
    ordered = sorted(marks, key=lambda m: (m.request, m.reviewer))
    requests = Counter(mark.request for mark in ordered)
    why_not = _why_not(ordered, requests)
    if why_not:
        return Calibration(
            opinions=len(ordered),
            components=tuple(
                Component(name=name, variance=None, why_not=why_not)
                for name in ("request", "reviewer", "panel", "noise")
            ),
            beliefs=(),
            severities=_severities(ordered, (), None),
            why_not=why_not,
        )
    corrected, reviewer_why = _reviewers(ordered)
    panels, panel_why = _panels(ordered)
    if len(corrected) + len(panels) > MOST_COLUMNS:
        corrected, panels = (), ()
        reviewer_why = panel_why = f"there are more than {MOST_COLUMNS} reviewers and panels"
    fitted = fit(_design(ordered, tuple(requests), corrected, panels))
    found = {"request": "", "reviewer": reviewer_why, "panel": panel_why, "noise": ""}
    variances = {name: _micro(getattr(fitted, name)) for name in found}
    return Calibration(
        opinions=len(ordered),
        components=tuple(
            Component(name=name, variance=None if why else variances[name], why_not=why)
            for name, why in found.items()
        ),
        beliefs=_beliefs(ordered, requests, fitted),
        severities=_severities(ordered, corrected, fitted),
    )


def _why_not(marks: Sequence[Mark], requests: Counter[str]) -> str:
    """Says what keeps the model from being estimated at all; empty where nothing does."""
    if len(requests) < 2:
        return "not estimable because fewer than two requests have opinions"
    if max(requests.values()) < 2:
        return "not estimable because no request has two opinions, so that nobody can be compared"
    if len({mark.score for mark in marks}) == 1:
        return "not estimable because all opinions give the same score"
    return ""


def _reviewers(marks: Sequence[Mark]) -> tuple[tuple[str, ...], str]:
    counts = Counter(mark.reviewer for mark in marks)
    found = tuple(sorted(name for name, n in counts.items() if n >= FEWEST_TO_CORRECT))
    if len(found) < 2:
        return (), (
            f"not estimable because fewer than two reviewers have {FEWEST_TO_CORRECT} opinions; "
            "it counts as noise"
        )
    return found, ""


def _panels(marks: Sequence[Mark]) -> tuple[tuple[str, ...], str]:
    inside: dict[str, set[str]] = {}
    for mark in marks:
        if mark.panel is not None:
            inside.setdefault(mark.panel, set()).add(mark.request)
    found = tuple(sorted(name for name, of in inside.items() if len(of) >= FEWEST_TO_CORRECT))
    if not inside:
        return (), "no panels are named"
    if len(found) < FEWEST_PANELS:
        return (), (
            f"not estimable because fewer than {FEWEST_PANELS} panels have "
            f"{FEWEST_TO_CORRECT} requests; it counts as the requests' own"
        )
    return found, ""


def _design(
    marks: Sequence[Mark],
    requests: tuple[str, ...],
    reviewers: tuple[str, ...],
    panels: tuple[str, ...],
) -> Design:
    of_request = {name: place for place, name in enumerate(requests)}
    of_reviewer = {name: place for place, name in enumerate(reviewers)}
    of_panel = {name: place for place, name in enumerate(panels)}
    return Design(
        score=np.array([float(mark.score) for mark in marks]),
        request=np.array([of_request[mark.request] for mark in marks], np.intp),
        reviewer=np.array([of_reviewer.get(mark.reviewer, -1) for mark in marks], np.intp),
        panel=np.array([of_panel.get(mark.panel or "", -1) for mark in marks], np.intp),
        requests=len(requests),
        reviewers=len(reviewers),
        panels=len(panels),
    )


def _beliefs(marks: Sequence[Mark], requests: Counter[str], fitted: Fitted) -> tuple[Belief, ...]:
    sums: dict[str, Fraction] = dict.fromkeys(requests, Fraction(0))
    for mark in marks:
        sums[mark.request] += mark.score
    return tuple(
        Belief(
            request=name,
            opinions=count,
            average=round(sums[name] * MICRO / count),
            mean=_micro(mean),
            sd=_micro(sd),
        )
        for (name, count), mean, sd in zip(
            requests.items(), fitted.mean.tolist(), fitted.sd.tolist(), strict=True
        )
    )


def _severities(
    marks: Sequence[Mark], corrected: tuple[str, ...], fitted: Fitted | None
) -> tuple[Severity, ...]:
    above = dict(zip(corrected, fitted.severity.tolist(), strict=True)) if fitted else {}
    counts = Counter(mark.reviewer for mark in marks)
    return tuple(
        Severity(
            reviewer=name,
            opinions=counts[name],
            above=_micro(above[name]) if name in above else None,
        )
        for name in sorted(counts)
    )


def _reach(sd: int) -> int:
    return round(sd * NormalDist().inv_cdf((1 + COVERED) / 2))


def _micro(value: float) -> int:
    return round(value * MICRO)
