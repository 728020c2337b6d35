"""A share as a bar with its promised floor as a tick; the same width of paper for every area."""

from apportion.adapters.svg.marks import Svg, hue_class, tag

FULL = 0.405  # the bar ends here, so that shares of a fifth or a third can be told apart


def draw_share(*, share: float, floor: float | None, area: int, full: float = FULL) -> Svg:
    """Draws one bar. The number stands beside it in words, so the picture itself is silent.

    Units: share, floor and full as fractions of the whole.
    """
    scale = 100 / max(full, 0.0001)
    filled = min(max(share, 0.0) * scale, 100.0)
    marks = [tag("rect", y=4, width="100%", height=8, rx=4, class_="track")]
    if filled > 0:
        marks.append(tag("rect", y=4, width=f"{filled:.1f}%", height=8, rx=4, class_="fill"))
    if floor is not None and floor > 0:
        x = min(floor * scale, 99.4)
        marks.append(tag("rect", x=f"{x:.1f}%", width=2, height=16, rx=1, class_="promise"))
    return Svg(
        tag("svg", "".join(marks), class_=f"meter {hue_class(area)}", height=16, aria_hidden="true")
    )


def full_scale(shares: list[float]) -> float:
    """Chooses the end of the bars so that the largest share fills at most four fifths."""
    return min(max([FULL, *(share / 0.8 for share in shares)]), 1.0)
