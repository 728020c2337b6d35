"""Waits now and then: a ring for the wait of today, a dot for the wait that would be, by group."""

from collections.abc import Sequence
from dataclasses import dataclass

from apportion.adapters.svg.marks import Svg, hue_class, picture, tag, text, title

WIDTH, ROW, TOP = 320, 28, 6
LEFT, RIGHT = 152, 268  # the widest wait ends here; its number stands to the right
NAME_SIGNS = 26
GAP = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One group's wait. Units: hours; `area` is its place in the policy, for its colour."""

    name: str
    now: float
    then: float
    area: int


def draw_waits(waits: Sequence[Wait]) -> Svg:
    """Draws a row a group; the number is the wait that would be."""
    most = max([*(max(wait.now, wait.then) for wait in waits), 0.0]) or 1.0
    marks = [mark for place, wait in enumerate(waits) for mark in _row(place, wait, most)]
    words = "; ".join(f"{w.name} {hours(w.now)}, then {hours(w.then)}" for w in waits)
    label = f"Median wait now and then: {words}" if waits else "Nobody waited"
    return picture(marks, width=WIDTH, height=TOP + ROW * max(1, len(waits)), label=label)


def hours(value: float) -> str:
    """Writes a wait: minutes where it is short."""
    if value < 1:
        return f"{round(value * 60)} min"
    return f"{value:,.1f} h" if value < 99.95 else f"{value:,.0f} h"


def _row(place: int, wait: Wait, most: float) -> list[str]:
    y = TOP + ROW * place + ROW / 2
    now, then = (LEFT + (RIGHT - LEFT) * value / most for value in (wait.now, wait.then))
    way = GAP if then > now else -GAP
    short = wait.name if len(wait.name) <= NAME_SIGNS else f"{wait.name[: NAME_SIGNS - 1]}…"
    shades = f"wait {hue_class(wait.area)}"
    body = title(f"{wait.name}: {hours(wait.now)} now, {hours(wait.then)} then")
    body += text(short, x=0, y=y + 4)
    if abs(then - now) > GAP:
        body += tag("line", x1=now + way, y1=y, x2=then, y2=y, class_="stem")
    body += tag("circle", cx=now, cy=y, r=4.6, class_="ring")
    body += tag("circle", cx=then, cy=y, r=5.2, class_="spot")
    body += text("", hours(wait.then), x=max(now, then) + 10, y=y + 4, class_="bold")
    return [tag("g", body, class_=shades)]
