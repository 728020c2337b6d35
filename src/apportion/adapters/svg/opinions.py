"""One request's opinions on the scale of 1 to 10: a dot each, and the interval that they leave."""

from collections.abc import Sequence
from fractions import Fraction

WIDTH, HEIGHT, EDGE = 150, 18, 6
LOWEST, HIGHEST = 1, 10


def draw_opinions(
    scores: Sequence[Fraction],
    *,
    low: Fraction | None,
    high: Fraction | None,
    odd: frozenset[Fraction] = frozenset(),
) -> str:
    """Draws one row; the words beside it say the same, so the picture is decoration."""
    middle = HEIGHT // 2
    parts = [f'<line class="axis" x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{middle}" y2="{middle}"/>']
    if low is not None and high is not None:
        left, right = _at(low), _at(high)
        parts.append(
            f'<rect class="span" x="{left}" y="{middle - 4}" width="{max(right - left, 1):.1f}"'
            ' height="8" rx="4"/>'
        )
    for score in sorted(scores):
        kind = "odd" if score in odd else "dot"
        parts.append(f'<circle class="{kind}" cx="{_at(score)}" cy="{middle}" r="3.5"/>')
    return (
        f'<svg class="opinions" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def _at(score: Fraction) -> float:
    held = min(max(score, Fraction(LOWEST)), Fraction(HIGHEST))
    return round(EDGE + float((held - LOWEST) / (HIGHEST - LOWEST)) * (WIDTH - 2 * EDGE), 1)
