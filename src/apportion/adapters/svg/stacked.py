"""Shares of the whole over periods, stacked, each area in its colour with its change in words."""

from dataclasses import dataclass
from itertools import pairwise

from apportion.adapters.svg.marks import Svg, hue_class, picture, tag, text

WIDTH, HEIGHT = 1216, 300
LEFT, RIGHT, TOP, GROUND = 42, 925, 10, 274
LABEL_STEP = 17  # labels closer than this would overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One area: its share in each period, as fractions of the whole."""

    name: str
    area: int
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """The facts of the picture; layers come from the ground up."""

    label: str
    periods: tuple[str, ...]
    layers: tuple[Layer, ...]


def draw_stacked(facts: Stacked) -> Svg:
    """Draws the layers, the line at one half, and what each came to."""
    marks = []
    lower = [0.0] * len(facts.periods)
    middles: list[tuple[float, Layer]] = []
    for layer in facts.layers:
        upper = [min(base + share, 1.0) for base, share in zip(lower, layer.shares, strict=True)]
        marks.append(band(lower, upper, layer.area))
        if upper:
            middles.append(((lower[-1] + upper[-1]) / 2, layer))
        lower = upper
    y = y_of(0.5)
    marks.append(tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="half"))
    marks += [
        text("half", x=34, y=y + 4, class_="bold end"),
        text("100%", x=34, y=19, class_="end"),
        text("0", x=34, y=GROUND, class_="end"),
    ]
    marks += period_names(facts.periods)
    marks += layer_names(middles)
    return picture(marks, width=WIDTH, height=HEIGHT, label=facts.label)


def y_of(share: float) -> float:
    """Places a share."""
    return GROUND - (GROUND - TOP) * share


def x_of(index: int, periods: int) -> float:
    """Places a period; a single one lies at the left and is drawn out to the right."""
    return LEFT + (RIGHT - LEFT) * index / max(periods - 1, 1)


def band(lower: list[float], upper: list[float], area: int) -> str:
    """Draws one layer with soft edges between the periods."""
    if len(upper) == 1:
        lower, upper = lower * 2, upper * 2
    over = [(x_of(i, len(upper)), y_of(share)) for i, share in enumerate(upper)]
    under = [(x_of(i, len(lower)), y_of(share)) for i, share in enumerate(lower)][::-1]
    if not over:
        return ""
    d = f"M{over[0][0]:.1f} {over[0][1]:.1f}{curve(over)}"
    d += f"L{under[0][0]:.1f} {under[0][1]:.1f}{curve(under)}Z"
    return tag("path", d=d, class_=f"band {hue_class(area)}")


def curve(points: list[tuple[float, float]]) -> str:
    """Joins points by curves that leave and arrive level."""
    parts = []
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        parts.append(f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}")
    return "".join(parts)


def period_names(periods: tuple[str, ...]) -> list[str]:
    """Writes the periods below, at most twelve of them."""
    step = -(-len(periods) // 12) if periods else 1
    marks = []
    for index in range(0, len(periods), step):
        place = "" if index == 0 else " end" if index == len(periods) - 1 else " mid"
        x = x_of(index, len(periods))
        marks.append(text(periods[index], x=x, y=294, class_=f"tick{place}"))
    return marks


def layer_names(middles: list[tuple[float, Layer]]) -> list[str]:
    """Writes what each layer came to on the right, moved apart where they would overlap."""
    ys = spread([y_of(share) for share, _ in reversed(middles)])
    marks = []
    for y, (_, layer) in zip(ys, reversed(middles), strict=True):
        now, before = layer.shares[-1], layer.shares[0]
        was = f", was {before:.0%}" if len(layer.shares) > 1 else ""
        words = f"{layer.name}{was}"
        marks.append(text(words, f"{now:.0%}", x=RIGHT + 12, y=y + 4, class_="label"))
    return marks


def spread(ys: list[float]) -> list[float]:
    """Moves labels, given from top to bottom, down and then up until none overlap."""
    placed: list[float] = []
    for y in ys:
        placed.append(max(y, placed[-1] + LABEL_STEP) if placed else y)
    limit = GROUND - 2.0
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - LABEL_STEP
    return placed
