"""True finds over budgets, a line for each way to split them, a panel for each score noise."""

from collections.abc import Sequence

from apportion.adapters.svg.marks import (
    Svg,
    compact,
    hue_class,
    picture,
    round_steps,
    tag,
    text,
    title,
)
from apportion.core.evidence.portfolio import Found, Rule

PANEL, HEIGHT, LEFT, TOP, GROUND = 420, 300, 42, 34, 230
LEGEND_STEP = 15


def draw_finds(found: Sequence[Found]) -> Svg:
    """Draws the comparison."""
    noises = sorted({one.score_noise for one in found})
    top = max((one.true_finds for one in found), default=1.0) or 1.0
    marks: list[str] = []
    for place, noise in enumerate(noises):
        marks += _panel(
            [one for one in found if one.score_noise == noise], place * PANEL, top, noise
        )
    for place, rule in enumerate(Rule):
        y = GROUND + 34 + LEGEND_STEP * (place // 2)
        x = LEFT + (place % 2) * 260
        marks += [
            tag("rect", x=x, y=y - 8, width=10, height=8, class_=hue_class(place)),
            text(rule.value, x=x + 16, y=y, class_="label"),
        ]
    return picture(
        marks,
        width=PANEL * max(1, len(noises)),
        height=HEIGHT,
        label="True finds over budgets, by the way the budget is split",
    )


def _panel(found: Sequence[Found], left: float, top: float, noise: float) -> list[str]:
    budgets = sorted({one.budget for one in found})
    width = PANEL - LEFT - 20

    def x(budget: int) -> float:
        return left + LEFT + width * budgets.index(budget) / max(1, len(budgets) - 1)

    def y(finds: float) -> float:
        return GROUND - (GROUND - TOP) * finds / top

    marks = [text(f"score noise {noise:g}", x=left + LEFT, y=18, class_="bold")]
    for step in round_steps(top, about=4):
        marks.append(
            tag(
                "line",
                x1=left + LEFT,
                x2=left + LEFT + width,
                y1=y(step),
                y2=y(step),
                class_="grid",
            )
        )
        marks.append(text(compact(step), x=left + LEFT - 8, y=y(step) + 4, class_="tick end"))
    marks += [text(compact(b), x=x(b), y=GROUND + 16, class_="tick mid") for b in budgets]
    for place, rule in enumerate(Rule):
        line = sorted((one for one in found if one.rule is rule), key=lambda one: one.budget)
        path = "".join(
            f"{'L' if n else 'M'}{x(one.budget):.1f} {y(one.true_finds):.1f}"
            for n, one in enumerate(line)
        )
        marks.append(tag("path", d=path or "M0 0", class_=f"trace {hue_class(place)}"))
        marks += [
            tag(
                "circle",
                title(f"{rule.value}: {one.true_finds:.2f} true, {one.false_rate:.0%} false"),
                cx=x(one.budget),
                cy=y(one.true_finds),
                r=3,
                class_=hue_class(place),
            )
            for one in line
        ]
    return marks
