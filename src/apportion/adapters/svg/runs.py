"""How many runs an amount pays for, as a row of boxes: solid at the minimum, soft at the ask."""

from apportion.adapters.svg.marks import Svg, picture, tag

WIDTH, HEIGHT = 200, 15
WIDEST, GAP = 13.0, 2.4
MOST = 40  # more boxes than this would be a grey line; a bar tells the share instead


def draw_runs(*, at_minimum: int, at_ask: int, label: str) -> Svg:
    """Draws one box a run; of very many runs, a bar."""
    if at_ask > MOST:
        share = at_minimum / at_ask
        marks = [_box(0, WIDTH, "soft-run")]
        marks += [_box(0, WIDTH * share, "solid")] if at_minimum else []
        return picture(marks, width=WIDTH, height=HEIGHT, label=label)
    each = min(WIDEST + GAP, WIDTH / max(at_ask, 1))
    gap = min(GAP, each / 3)
    marks = [
        _box(n * each, each - gap, "solid" if n < at_minimum else "soft-run") for n in range(at_ask)
    ]
    return picture(marks, width=WIDTH, height=HEIGHT, label=label)


def _box(x: float, width: float, kind: str) -> str:
    return tag("rect", x=x, y=1, width=width, height=HEIGHT - 2, rx=2, class_=kind)
