"""When a project is told that its credits go: at three shares of use, and when they will not last.

An alert is raised once. What was raised is armed again when more was given and the share fell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

THRESHOLDS = (50, 80, 95)  # per cent of what was given
FORECAST = "forecast"
HUNDRED = 100
LIKELY_MILLE = 500  # a forecast alert needs every second future to run dry

Place = tuple[str, str]  # project, resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a project had to spend in a period and what is left. Units: base units.

    Shape: `given` is what is left and what the period used: carried over, granted and supplements.
        `dry_mille` of 1,000 futures run dry before the credits end; None where nothing is
        foretold.
    """

    given: int
    left: int
    dry_mille: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alert that stands: which kind, and what was given when it was raised."""

    project: str
    resource: str
    kind: str
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to raise and what to arm again."""

    raise_now: tuple[Raised, ...]
    arm_again: tuple[Raised, ...]


def kinds_due(holding: Holding) -> frozenset[str]:
    """Lists the kinds whose condition holds: every threshold that is passed, and the forecast.

    Of thresholds passed at once the highest alone is worth telling; `plan_alerts` sees to it.
    """
    if holding.given <= 0:
        return frozenset()
    used = holding.given - holding.left
    due = {str(mark) for mark in THRESHOLDS if used * HUNDRED >= mark * holding.given}
    runs_dry = holding.dry_mille is not None and holding.dry_mille >= LIKELY_MILLE
    return frozenset(due | {FORECAST} if runs_dry and holding.left > 0 else due)


def plan_alerts(
    holdings: Mapping[Place, Holding], *, standing: Iterable[Raised], foretold: bool
) -> Change:
    """Compares what is due with what stands. Without `foretold`, forecasts are left as they are."""
    by_place: dict[Place, dict[str, Raised]] = {}
    for one in standing:
        by_place.setdefault((one.project, one.resource), {})[one.kind] = one
    raising: list[Raised] = []
    arming: list[Raised] = []
    for place, holding in sorted(holdings.items()):
        due, known = kinds_due(holding), by_place.get(place, {})
        above = _highest(due)
        for kind in _kinds(foretold=foretold):
            stands = known.get(kind)
            if stands is None and kind in due and kind in {FORECAST, above}:
                raising.append(_raised(place, kind, holding))
            elif stands is not None and kind not in due and holding.given > stands.given:
                arming.append(stands)
    return Change(raise_now=tuple(raising), arm_again=tuple(arming))


def _highest(kinds: frozenset[str]) -> str:
    return str(max((mark for mark in THRESHOLDS if str(mark) in kinds), default=""))


def _kinds(*, foretold: bool) -> Sequence[str]:
    marks = tuple(str(mark) for mark in THRESHOLDS)
    return (*marks, FORECAST) if foretold else marks


def _raised(place: Place, kind: str, holding: Holding) -> Raised:
    return Raised(project=place[0], resource=place[1], kind=kind, given=holding.given)
