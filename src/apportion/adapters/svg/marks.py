"""The few marks that every picture is drawn with; all text is escaped here and nowhere else."""

from collections.abc import Iterable
from html import escape
from itertools import count
from math import floor, log10

SMALLEST_TOP = 1e-9  # below this there is nothing to measure
HUES = 8  # charts.css has eight area colours; after the eighth they come round again
COMPACT = (  # numbers below the first column are written in the second, with decimals and a sign
    (9_950, 1_000, 1, "k"),
    (999_500, 1_000, 0, "k"),
    (9_995_000, 1_000_000, 2, " M"),
    (999_500_000, 1_000_000, 0, " M"),
    (float("inf"), 1_000_000_000, 1, " G"),
)


class Svg(str):
    """Markup that is safe to put on a page as it stands.

    Templates take it unescaped because it says so by `__html__`, the convention of web frameworks.
    """

    __slots__ = ()

    def __html__(self) -> str:
        """Gives the markup itself."""
        return self


def hue_class(position: int) -> str:
    """Names the colour of the area at a position of the policy, counted from 0."""
    return f"h{position % HUES + 1}"


def tag(name: str, body: str = "", /, **attributes: object) -> str:
    """Writes one element; `class_` is class, `_` is a hyphen, None leaves an attribute out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        text = f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
        parts.append(f'{attribute_name(key)}="{escape(text)}"')
    opening = " ".join(parts)
    return f"<{opening}>{body}</{name}>" if body else f"<{opening}/>"


def attribute_name(key: str) -> str:
    """Turns a keyword into an attribute: `text_anchor` into text-anchor, `viewBox` as it is."""
    return key.rstrip("_").replace("_", "-")


def text(words: str, strong: str = "", /, **attributes: object) -> str:
    """Writes words, with what is `strong` in front of them."""
    lead = tag("tspan", written(strong)) + " " if strong else ""
    return tag("text", (lead + written(words)) or " ", **attributes)


def title(words: str) -> str:
    """Writes the tooltip of the element that it stands in."""
    return tag("title", written(words) or " ")


def written(words: str) -> str:
    """Escapes words; control characters, which XML forbids, become spaces."""
    return escape("".join(letter if letter.isprintable() else " " for letter in words))


def picture(marks: Iterable[str], *, width: int, height: int, label: str) -> Svg:
    """Wraps the marks in an image with a text for those who cannot see it."""
    return Svg(
        tag(
            "svg",
            "".join(marks) or "<g/>",
            class_="chart",
            viewBox=f"0 0 {width} {height}",
            role="img",
            aria_label=label,
        )
    )


STAND_ALONE_STYLE = (
    "text{font:12px sans-serif;fill:#55534c}.bold{font-weight:600;fill:#1c1b22}"
    ".end{text-anchor:end}.mid{text-anchor:middle}.line,.trace{fill:none;stroke-width:2.4}"
    ".line,.stem{stroke:#00756b}.dot{fill:#00756b}.half,.even,.grid{stroke:#d9d5c8}"
    + "".join(
        f".h{n}{{fill:{colour}}}.trace.h{n}{{fill:none;stroke:{colour}}}"
        for n, colour in enumerate(
            (
                "#00756b",
                "#c05a1c",
                "#4a4fb0",
                "#8a7a1f",
                "#a03c78",
                "#3c78a0",
                "#6b6b6b",
                "#2f7d32",
            ),
            start=1,
        )
    )
)


def stand_alone(drawn: Svg) -> str:
    """Makes a picture that shows its colours in a file of its own, without the pages' style."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" '
    return f"{head}{drawn.removeprefix('<svg ')}".replace(
        ">", f"><style>{STAND_ALONE_STYLE}</style>", 1
    )


def compact(value: float) -> str:
    """Writes a number in at most four signs or so: 950, 9.5k, 717k, 1.10 M, 12 M."""
    size = abs(value)
    if size < 1000:
        return f"{value:.1f}" if size < 10 and value != int(value) else f"{value:.0f}"
    return next(
        f"{value / per:.{decimals}f}".removesuffix(".0") + sign
        for below, per, decimals, sign in COMPACT
        if size < below
    )


def round_steps(top: float, *, about: int) -> tuple[float, ...]:
    """Gives round numbers from 0 to at most `top`, about so many: 0, 200, 400, ...

    Source: steps of 1, 2 or 5 times a power of ten, as on paper graphs.
    """
    if top < SMALLEST_TOP:
        return (0.0,)
    rough = top / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    steps: list[float] = []
    for index in count():
        if index * step > top * 1.0001:
            return tuple(steps)
        steps.append(index * step)
    raise AssertionError("unreachable: the steps grow past any top")
