"""What others asked for, as small grey bars above a slider."""

from apportion.adapters.svg.marks import Svg, picture, tag

WIDTH, HEIGHT, BARS = 560, 30, 30


def draw_histogram(*, amounts: tuple[int, ...], top: int) -> Svg:
    """Draws how many asked for how much, from 0 to `top`; what lies above is in the last bar."""
    counts = [0] * BARS
    for amount in amounts:
        counts[min(amount * BARS // max(top, 1), BARS - 1)] += 1
    most = max([*counts, 1])
    step = WIDTH / BARS
    marks = []
    for index, number in enumerate(counts):
        if number:
            tall = 3 + 25 * number / most
            box = {"x": index * step + 1.2, "width": step - 2.4, "y": HEIGHT - tall, "height": tall}
            marks.append(tag("rect", rx=1.5, class_="bar-of-others", **box))
    label = f"{len(amounts)} other requests by size" if amounts else "No other requests yet"
    return picture(marks, width=WIDTH, height=HEIGHT, label=label)
