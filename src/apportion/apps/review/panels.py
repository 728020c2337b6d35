"""The panel of a round as its chair sees it: who agrees with whom, what is missing, what stands out."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

from apportion.adapters.svg.opinions import draw_opinions
from apportion.apps.apply.queries import Request
from apportion.apps.review.chasing import overdue_of
from apportion.apps.review.models import Happening, Opinion, Reply
from apportion.apps.review.queries import COUNTS, marks_of, terms_of
from apportion.apps.rounds.queries import Round
from apportion.core.review.calibration import MICRO, Calibration, Severity, calibrate
from apportion.core.review.panel import Outlier, find_outliers, spread_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request of a panel. Units: average, low and high in points."""

    request: Request
    opinions: int
    waiting: int
    wanted: int
    average: Fraction | None
    low: Fraction | None
    high: Fraction | None
    spread: Fraction | None
    minimum_percent: int | None  # the reviewers' own estimate: the median of those who gave one
    outliers: tuple[Outlier, ...]
    replied: bool
    picture: str


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
    """All of it."""

    lines: tuple[Line, ...]
    judges: tuple[Judge, ...]
    calibration: Calibration
    waiting: tuple[Opinion, ...]
    aside: tuple[Opinion, ...]

    @property
    def agreement_percent(self) -> int | None:
        """The part of an opinion that is the request's own, in per cent."""
        share = self.calibration.agreement
        return None if share is None else round(100 * share)


def read_panel(row: Round) -> Panel:
    """Reads the panel of a round: a handful of statements, whatever its size."""
    marks = marks_of(row.slug)
    calibration = calibrate(marks)
    outliers = find_outliers(marks, calibration)
    aside = Opinion.objects.filter(request__round=row, set_aside_at__isnull=False)
    aside = aside.select_related("request", "reviewer").order_by("-set_aside_at", "id")
    waiting = tuple(overdue_of(row))
    return Panel(
        lines=_lines(row, calibration, outliers, waiting),
        judges=_judges(row, calibration, outliers),
        calibration=calibration,
        waiting=waiting,
        aside=tuple(aside),
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


def _lines(
    row: Round,
    calibration: Calibration,
    outliers: tuple[Outlier, ...],
    waiting: tuple[Opinion, ...],
) -> tuple[Line, ...]:
    wanted = terms_of(row).opinions
    beliefs = {belief.request: belief for belief in calibration.beliefs}
    odd: dict[str, list[Outlier]] = defaultdict(list)
    for one in outliers:
        odd[one.request].append(one)
    asked = Counter(one.request.ref for one in waiting)
    replied = set(Reply.objects.filter(request__round=row).values_list("request__ref", flat=True))
    scores: dict[str, list[Fraction]] = defaultdict(list)
    minimums: dict[str, list[int]] = defaultdict(list)
    given = Opinion.objects.filter(COUNTS, request__round=row, written_at__isnull=False)
    for ref, score, percent in given.values_list(
        "request__ref", "score_hundredths", "minimum_percent"
    ):
        scores[ref].append(Fraction(score or 0, 100))
        if percent is not None:
            minimums[ref].append(percent)
    found = []
    rows = Request.objects.filter(round=row, state__in=["submitted", "decided"])
    for request in rows.select_related("project__area").order_by("ref"):
        held, belief = scores[request.ref], beliefs.get(request.ref)
        low = Fraction(belief.low, MICRO) if belief else None
        high = Fraction(belief.high, MICRO) if belief else None
        found.append(
            Line(
                request=request,
                opinions=len(held),
                waiting=asked[request.ref],
                wanted=wanted,
                average=sum(held, Fraction(0)) / len(held) if held else None,
                low=low,
                high=high,
                spread=spread_of(held),
                minimum_percent=_middle(minimums[request.ref]),
                outliers=tuple(odd[request.ref]),
                replied=request.ref in replied,
                picture=draw_opinions(held, low=low, high=high, odd=_odd(odd[request.ref])),
            )
        )
    return tuple(found)


def _judges(
    row: Round, calibration: Calibration, outliers: tuple[Outlier, ...]
) -> tuple[Judge, ...]:
    severities = {one.reviewer: one for one in calibration.severities}
    odd = Counter(one.reviewer for one in outliers)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for opinion in Opinion.objects.filter(request__round=row).select_related("reviewer"):
        username = opinion.reviewer.username
        names[username] = str(opinion.reviewer)
        counts[username][_stands(opinion)] += 1
    return tuple(
        Judge(
            name=names[username],
            severity=severities.get(username),
            written=held["written"],
            waiting=held["waiting"],
            set_aside=held["set_aside"],
            declined=held["declined"],
            outliers=odd[username],
        )
        for username, held in sorted(counts.items())
    )


def _stands(opinion: Opinion) -> str:
    if opinion.set_aside_at is not None:
        return "set_aside"
    if opinion.declined_at is not None:
        return "declined"
    return "waiting" if opinion.written_at is None else "written"


def _odd(found: list[Outlier]) -> frozenset[Fraction]:
    return frozenset(Fraction(one.score, MICRO) for one in found)


def _middle(values: list[int]) -> int | None:
    return sorted(values)[(len(values) - 1) // 2] if values else None


def _text(value: Fraction | None) -> str | None:
    return None if value is None else f"{float(value):.2f}"
