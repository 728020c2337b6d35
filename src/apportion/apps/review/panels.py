"""The panel of a round as its chair sees it: who agrees with whom, what is missing, what stands out."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q

from apportion.adapters.svg.opinions import draw_opinions
from apportion.apps.apply.queries import Request
from apportion.apps.review.models import Happening, Opinion, Reply
from apportion.apps.review.queries import fit_reviewers, terms_of
from apportion.apps.rounds.queries import Round
from apportion.core.review.calibration import MICRO, Calibration, Mark, Severity
from apportion.core.review.life import Stage, stage_of
from apportion.core.review.panel import Outlier, find_outliers, spread_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request of a panel. Units: average, low and high in points."""

    request: Request
    scores: tuple[Fraction, ...]
    waiting: int
    wanted: int
    low: Fraction | None
    high: Fraction | None
    minimum_percent: int | None  # the reviewers' own estimate: the median of those who gave one
    outliers: tuple[Outlier, ...]
    replied: bool

    @property
    def opinions(self) -> int:
        """How many were given."""
        return len(self.scores)

    @property
    def average(self) -> Fraction | None:
        """Of the opinions as written."""
        return sum(self.scores, Fraction(0)) / len(self.scores) if self.scores else None

    @property
    def spread(self) -> Fraction | None:
        """How far the highest and the lowest are apart."""
        return spread_of(self.scores)

    @property
    def picture(self) -> str:
        """The opinions on their scale; drawn for the lines that a page shows, not for all."""
        odd = frozenset(Fraction(one.score, MICRO) for one in self.outliers)
        return draw_opinions(self.scores, low=self.low, high=self.high, odd=odd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """One reviewer of a panel."""

    name: str
    severity: Severity | None
    written: int
    waiting: int
    set_aside: int
    declined: int
    outliers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All of it. Shape: `waiting` opinions are asked for and not written."""

    lines: tuple[Line, ...]
    judges: tuple[Judge, ...]
    calibration: Calibration
    waiting: int

    @property
    def agreement_percent(self) -> int | None:
        """The part of an opinion that is the request's own, in per cent."""
        share = self.calibration.agreement
        return None if share is None else round(100 * share)


class Seen(NamedTuple):
    """One opinion of a round as its panel needs it, in the order of the columns that are read."""

    request: str
    is_undecided: bool
    reviewer: str
    name: str
    hundredths: int | None
    minimum_percent: int | None
    is_written: bool
    is_declined: bool
    is_aside: bool

    @property
    def stage(self) -> Stage:
        """Where it stands in its life."""
        return stage_of(
            is_given=self.is_written, is_declined=self.is_declined, is_set_aside=self.is_aside
        )


def read_panel(row: Round) -> Panel:
    """Reads the panel of a round: three statements, whatever its size."""
    seen = _read_opinions(row)
    marks = tuple(
        Mark(request=one.request, reviewer=one.reviewer, score=Fraction(one.hundredths, 100))
        for one in seen
        if one.stage is Stage.GIVEN and one.hundredths is not None
    )
    calibration = fit_reviewers(marks)
    outliers = find_outliers(marks, calibration)
    return Panel(
        lines=_lines(row, seen, calibration, outliers),
        judges=_judges(seen, calibration, outliers),
        calibration=calibration,
        waiting=sum(one.stage is Stage.ASKED and one.is_undecided for one in seen),
    )


def rows_of(panel: Panel) -> list[dict[str, object]]:
    """Writes a panel under the columns of a listing."""
    return [
        {
            "request": line.request.ref,
            "title": line.request.title,
            "area": line.request.project.area.slug,
            "opinions": line.opinions,
            "waiting": line.waiting,
            "wanted": line.wanted,
            "average": _text(line.average),
            "low": _text(line.low),
            "high": _text(line.high),
            "spread": _text(line.spread),
            "reviewers_minimum_percent": line.minimum_percent,
            "outliers": ";".join(one.reviewer for one in line.outliers),
            "replied": line.replied,
        }
        for line in panel.lines
    ]


COLUMNS = (
    "request",
    "title",
    "area",
    "opinions",
    "waiting",
    "wanted",
    "average",
    "low",
    "high",
    "spread",
    "reviewers_minimum_percent",
    "outliers",
    "replied",
)


def told_to_chair(row: Round) -> list[Happening]:
    """Lists what a chair has to hear of: what escalated, was set aside or declined, or has nobody."""
    kinds = [
        Happening.Kind.ESCALATED,
        Happening.Kind.SET_ASIDE,
        Happening.Kind.DECLINED,
        Happening.Kind.SHORT,
    ]
    rows = Happening.objects.filter(round=row, kind__in=kinds, request__state="submitted")
    return list(rows.select_related("request", "person"))


def _read_opinions(row: Round) -> list[Seen]:
    """Reads what a panel needs and no texts: ten times less of each than a whole row."""
    columns = (
        "request__ref",
        _says(request__state=Request.State.SUBMITTED),
        "reviewer__username",
        "reviewer__name",
        "score_hundredths",
        "minimum_percent",
        _says(written_at__isnull=False),
        _says(declined_at__isnull=False),
        _says(set_aside_at__isnull=False),
    )
    rows = Opinion.objects.filter(request__round=row).order_by("request__ref", "pk")
    return [Seen(*values) for values in rows.values_list(*columns)]


def _says(**what: Any) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(Q(**what), output_field=BooleanField())


def _lines(
    row: Round,
    seen: list[Seen],
    calibration: Calibration,
    outliers: tuple[Outlier, ...],
) -> tuple[Line, ...]:
    wanted = terms_of(row).opinions
    beliefs = {belief.request: belief for belief in calibration.beliefs}
    odd: dict[str, list[Outlier]] = defaultdict(list)
    for one in outliers:
        odd[one.request].append(one)
    held: dict[str, list[Seen]] = defaultdict(list)
    for opinion in seen:
        held[opinion.request].append(opinion)
    replied = set(Reply.objects.filter(request__round=row).values_list("request__ref", flat=True))
    found = []
    rows = Request.objects.filter(round=row, state__in=["submitted", "decided"])
    for request in rows.select_related("project__area").order_by("ref"):
        given = [one for one in held[request.ref] if one.stage is Stage.GIVEN]
        belief = beliefs.get(request.ref)
        asked = sum(one.stage is Stage.ASKED for one in held[request.ref])
        found.append(
            Line(
                request=request,
                scores=tuple(Fraction(one.hundredths or 0, 100) for one in given),
                waiting=asked if request.state == Request.State.SUBMITTED else 0,
                wanted=wanted,
                low=Fraction(belief.low, MICRO) if belief else None,
                high=Fraction(belief.high, MICRO) if belief else None,
                minimum_percent=_middle([n for one in given if (n := one.minimum_percent)]),
                outliers=tuple(odd[request.ref]),
                replied=request.ref in replied,
            )
        )
    return tuple(found)


def _judges(
    seen: list[Seen], calibration: Calibration, outliers: tuple[Outlier, ...]
) -> tuple[Judge, ...]:
    severities = {one.reviewer: one for one in calibration.severities}
    odd = Counter(one.reviewer for one in outliers)
    counts: dict[str, Counter[Stage]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for one in seen:
        names[one.reviewer] = one.name or one.reviewer
        counts[one.reviewer][one.stage] += 1
    return tuple(
        Judge(
            name=names[username],
            severity=severities.get(username),
            written=held[Stage.GIVEN],
            waiting=held[Stage.ASKED],
            set_aside=held[Stage.SET_ASIDE],
            declined=held[Stage.DECLINED],
            outliers=odd[username],
        )
        for username, held in sorted(counts.items())
    )


def _middle(values: list[int]) -> int | None:
    return sorted(values)[(len(values) - 1) // 2] if values else None


def _text(value: Fraction | None) -> str | None:
    return None if value is None else f"{float(value):.2f}"
