"""The burn-down: what is left of an amount, day by day, and where the last week's pace leads."""

from dataclasses import dataclass
from datetime import date, timedelta

from apportion.adapters.svg.marks import Svg, compact, hue_class, picture, tag, text

LEFT, TOP = 8, 14
ROOM_FOR_LABELS = 58
BAND = 0.2  # the forecast's band: the last week's pace, a fifth slower or faster


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnDown:
    """The facts of the picture. `left` holds what remained at the end of each day since the start.

    Units: base units; the grant runs from `starts_on` up to and without `ends_on`.
    """

    label: str
    starts_on: date
    ends_on: date
    granted: int
    left: tuple[int, ...]
    daily_pace: int  # base units a day over the last week
    dry_on: date | None  # when it runs dry at that pace, if before the end
    per_display: int
    unit: str
    area: int = 0
    wide: bool = False
    bands: tuple[tuple[date, int, int, int], ...] = ()  # days to come: low, middle, high


@dataclass(frozen=True, slots=True)
class Frame:
    """Where days and amounts lie on the paper."""

    right: float
    ground: float
    days: int
    top: int

    def x(self, day: float) -> float:
        """Places a day."""
        return LEFT + (self.right - LEFT) * min(max(day / self.days, 0.0), 1.0)

    def y(self, amount: float) -> float:
        """Places an amount; what lies below zero is drawn at the ground."""
        share = min(max(amount / self.top, 0.0), 1.0)
        return self.ground - (self.ground - TOP) * share


def draw_burn_down(facts: BurnDown) -> Svg:
    """Draws what is left, the even pace, and the forecast."""
    width, height = (720, 226) if facts.wide else (445, 232)
    frame = Frame(
        right=width - ROOM_FOR_LABELS,
        ground=height - 24,
        days=max((facts.ends_on - facts.starts_on).days, 1),
        top=max(facts.granted, *facts.left, 1),
    )
    marks = amounts(facts, frame)
    marks.append(path([(0, facts.granted), (frame.days, 0)], frame, "even"))
    if facts.left:
        marks += forecast(facts, frame)
        points = [(float(day + 1), left) for day, left in enumerate(facts.left)]
        marks.append(path([(0, facts.granted), *points], frame, "line"))
        marks += today(facts, frame)
    marks += months(facts, frame)
    group = tag("g", "".join(marks), class_=hue_class(facts.area))
    return picture([group], width=width, height=height, label=facts.label)


def path(points: list[tuple[float, float]], frame: Frame, kind: str) -> str:
    """Draws one line through days and amounts."""
    steps = "L".join(f"{frame.x(day):.1f} {frame.y(amount):.1f}" for day, amount in points)
    return tag("path", d=f"M{steps}", class_=kind)


def amounts(facts: BurnDown, frame: Frame) -> list[str]:
    """Draws the scale on the right, in quarters."""
    marks = []
    for quarter in range(5):
        amount = frame.top * quarter / 4
        y = frame.y(amount)
        marks.append(tag("line", x1=LEFT, x2=frame.right, y1=y, y2=y, class_="grid"))
        words = compact(amount / facts.per_display)
        marks.append(text(words, x=frame.right + 8, y=y + 4, class_="tick"))
    return marks


def forecast(facts: BurnDown, frame: Frame) -> list[str]:
    """Draws what is foretold, or on at the last week's pace with a band of a fifth to both sides."""
    day, left = len(facts.left), facts.left[-1]
    ahead = frame.days - day
    if ahead <= 0 or left <= 0:
        return []
    marks = foretold(facts, frame) if facts.bands else at_last_pace(facts, frame)
    if facts.dry_on is not None:
        x = frame.x((facts.dry_on - facts.starts_on).days)
        near_edge = x > frame.right - 90
        words = f"dry on {facts.dry_on.day} {facts.dry_on:%b}"
        marks.append(tag("line", x1=x, x2=x, y1=frame.ground - 16, y2=frame.ground, class_="cut"))
        marks.append(
            text(
                words,
                x=x + (-7 if near_edge else 7),
                y=frame.ground - 7,
                class_=f"cut-text{' end' if near_edge else ''}",
            )
        )
    return marks


def foretold(facts: BurnDown, frame: Frame) -> list[str]:
    """Draws the interval that holds four futures of five, and the middle of them."""
    start = (float(len(facts.left)), float(facts.left[-1]))
    days = [((on - facts.starts_on).days + 1.0, rest) for on, *rest in facts.bands]
    days = [(day, rest) for day, rest in days if day > start[0]]
    low = [start, *((day, float(rest[0])) for day, rest in days)]
    high = [start, *((day, float(rest[2])) for day, rest in days)]
    middle = [start, *((day, float(rest[1])) for day, rest in days)]
    corners = "L".join(f"{frame.x(d):.1f} {frame.y(a):.1f}" for d, a in [*low, *reversed(high)])
    return [tag("path", d=f"M{corners}Z", class_="soft"), path(middle, frame, "ahead")]


def at_last_pace(facts: BurnDown, frame: Frame) -> list[str]:
    """Draws on at the last week's pace, a fifth slower and a fifth faster."""
    day, left = len(facts.left), facts.left[-1]
    ahead = frame.days - day

    def end(pace: float) -> tuple[float, float]:
        until_dry = left / pace if pace > 0 else float("inf")
        return (day + min(ahead, until_dry), max(left - pace * ahead, 0))

    fast, slow = end(facts.daily_pace * (1 + BAND)), end(facts.daily_pace * (1 - BAND))
    band = [(float(day), float(left)), fast, (fast[0], fast[1]), slow]
    corners = "L".join(f"{frame.x(d):.1f} {frame.y(a):.1f}" for d, a in band)
    marks = [tag("path", d=f"M{corners}Z", class_="soft")]
    marks.append(path([(day, left), end(facts.daily_pace)], frame, "ahead"))
    return marks


def today(facts: BurnDown, frame: Frame) -> list[str]:
    """Marks where things stand."""
    x, y = frame.x(len(facts.left)), frame.y(facts.left[-1])
    words = f"{compact(facts.left[-1] / facts.per_display)} left today"
    even = facts.granted * (1 - len(facts.left) / frame.days)
    ahead = facts.left[-1] > even  # then the even pace lies below, and the room is above
    on_left = x > frame.right - 130 or (x > 130 and not ahead)
    low = y < TOP + 9 or (not ahead and y + 19 < frame.ground - 2)  # above would be cut off
    place = {"x": x - 9 if on_left else x + 9, "y": y + 19 if low else y - 9}
    return [
        tag("circle", cx=x, cy=y, r=4.2, class_="today"),
        text(words, class_=f"strong{' end' if on_left else ''}", **place),
    ]


def months(facts: BurnDown, frame: Frame) -> list[str]:
    """Draws the scale of days below: the start, then firsts of months, kept apart."""
    marks, last = [], -100.0
    for day in range(frame.days):
        on = facts.starts_on + timedelta(days=day)
        x = frame.x(day)
        if (day == 0 or on.day == 1 or (frame.days < 45 and on.day in {10, 20})) and (
            x - last > 46 and x < frame.right - 24
        ):
            marks.append(text(f"{on.day} {on:%b}", x=x, y=frame.ground + 18, class_="tick"))
            last = x
    return marks
