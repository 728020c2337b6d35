"""Will the answer be clear: the power over what is spent, with the amounts that are on the table."""

from dataclasses import dataclass

from apportion.adapters.svg.marks import (
    Svg,
    compact,
    picture,
    round_steps,
    tag,
    text,
    title,
)

WIDTH, HEIGHT = 356, 150
LEFT, RIGHT, TOP, GROUND = 8, 348, 14, 128
STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One amount on the table."""

    name: str
    amount: float
    power: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCurve:
    """The facts of the picture.

    Units: amounts in what the axis counts, credits or GPU-hours; power from 0 to 1.
    """

    label: str
    points: tuple[tuple[float, float], ...]
    marks: tuple[Mark, ...] = ()
    wanted: float = 0.8


def draw_power_curve(facts: PowerCurve) -> Svg:
    """Draws the curve, the power that is wanted, and a stem for each amount."""
    top = max((x for x, _ in facts.points), default=0.0) or 1.0
    marks = [
        tag("line", x1=LEFT, x2=RIGHT, y1=y_of(facts.wanted), y2=y_of(facts.wanted), class_="even")
    ]
    path = "".join(
        f"{'L' if place else 'M'}{x_of(x, top):.1f} {y_of(y):.1f}"
        for place, (x, y) in enumerate(facts.points)
    )
    if path:
        marks.append(tag("path", d=path, class_="line"))
    for mark in facts.marks:
        marks += stem(mark, top)
    marks += [
        text(compact(step), x=x_of(step, top), y=GROUND + 16, class_="tick mid")
        for step in round_steps(top, about=STEPS)[1:]
    ]
    return picture(marks, width=WIDTH, height=HEIGHT, label=facts.label)


def stem(mark: Mark, top: float) -> list[str]:
    """Draws an amount as a stem up to its power, with the power in words beside its head."""
    x, y = x_of(mark.amount, top), y_of(mark.power)
    right = x > (LEFT + RIGHT) / 2
    return [
        tag("line", x1=x, x2=x, y1=GROUND, y2=y, class_="stem"),
        tag("circle", title(f"{mark.name}: {mark.power:.0%}"), cx=x, cy=y, r=4, class_="dot"),
        text(
            f"{mark.power:.0%}",
            x=x - 7 if right else x + 7,
            y=max(y - 6, TOP - 3),
            class_="bold end" if right else "bold",
        ),
    ]


def x_of(amount: float, top: float) -> float:
    """Places an amount; what lies beyond the axis is drawn at its end."""
    return LEFT + (RIGHT - LEFT) * min(max(amount / top, 0.0), 1.0)


def y_of(power: float) -> float:
    """Places a power."""
    return GROUND - (GROUND - TOP) * power
