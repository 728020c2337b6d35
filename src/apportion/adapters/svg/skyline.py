"""The skyline: every request a block in rank order, as wide as its ask, one red line for capacity."""

from dataclasses import dataclass

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

WIDTH, LEFT, RIGHT, TOP = 1094, 34, 1082, 46
BLOCKS_DRAWN = 400  # more would be thinner than a pixel or two
NAME_WIDTH = 18  # a block narrower than this has no room for upright letters
LETTER = 6.1  # width of a letter at 11 px, with room to spare


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One request in the picture. Units: base units of the resource; score on the policy's scale."""

    name: str
    area: int  # position of the area in the policy: its colour
    score: float
    minimum: int
    ask: int
    fits: bool
    awarded: int | None = None  # where a slate stands; None draws the ask whole
    href: str | None = None
    odds: str | None = None  # how likely it was to be funded, where that is known
    tied: bool = False  # too close to the line to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Skyline:
    """The facts of the picture. Blocks come from left to right: what fits first, best first."""

    key: str  # tells this picture's pattern from another's on the same page
    blocks: tuple[Block, ...]
    capacity: int
    per_display: int  # base units in one display unit
    unit: str  # "GPU-h"
    label: str
    tall: bool = True
    ghost: int | None = None  # another line to compare with, such as the engine's


def draw_skyline(facts: Skyline) -> Svg:
    """Draws the requests against what there is; a block that asks for nothing is left out."""
    height = 290 if facts.tall else 214
    ground = height - 30
    blocks = merge_tail(tuple(block for block in facts.blocks if block.ask > 0))
    asked = sum(block.ask for block in blocks)
    extent = max(asked, round(facts.capacity * 1.02), 1)
    scale = (RIGHT - LEFT) / extent
    tops = score_range(blocks)
    marks = [stripes(facts.key), *score_grid(tops, ground)]
    at = 0
    for block in blocks:
        marks.append(draw_block(block, facts, at * scale + LEFT, block.ask * scale, tops, ground))
        at += block.ask
    marks += amount_axis(extent, facts.per_display, ground)
    marks.append(tag("line", x1=LEFT, x2=RIGHT, y1=ground, y2=ground, class_="floor"))
    if facts.ghost is not None:
        marks += ghost_line(facts.ghost, scale, facts.per_display, ground)
    marks += capacity_line(facts, LEFT + facts.capacity * scale, ground)
    return picture(marks, width=WIDTH, height=height, label=facts.label)


def merge_tail(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Keeps the blocks at most BLOCKS_DRAWN by joining neighbours of one fate.

    The widths still add up to what was asked.
    """
    if len(blocks) <= BLOCKS_DRAWN:
        return blocks
    size = -(-len(blocks) // (BLOCKS_DRAWN // 2))  # a run makes at most two blocks, in and out
    merged: list[Block] = []
    for start in range(0, len(blocks), size):
        run = blocks[start : start + size]
        for fits in (True, False):
            members = tuple(block for block in run if block.fits is fits)
            if members:
                merged.append(join(members))
    return tuple(merged)


def join(run: tuple[Block, ...]) -> Block:
    """Makes one block of several: sums of amounts, the area that asked most, the mean score."""
    if len(run) == 1:
        return run[0]
    asked: dict[int, int] = {}
    for block in run:
        asked[block.area] = asked.get(block.area, 0) + block.ask
    awards = [block.ask if block.awarded is None else block.awarded for block in run]
    return Block(
        name=f"{len(run)} requests, {run[0].name} to {run[-1].name}",
        area=max(asked, key=lambda area: (asked[area], -area)),
        score=sum(block.score for block in run) / len(run),
        minimum=sum(block.minimum for block in run),
        ask=sum(block.ask for block in run),
        fits=run[0].fits,
        awarded=sum(awards),
    )


def score_range(blocks: tuple[Block, ...]) -> tuple[float, float]:
    """Chooses the scores at the ground and at the top line, so that differences can be seen."""
    scores = [block.score for block in blocks] or [0.0, 10.0]
    top = round_steps(max(*scores, 1.0) * 1.0, about=5)
    step = top[1] if len(top) > 1 else 1.0
    high = top[-1] if top[-1] >= max(scores) else top[-1] + step
    low = max(0.0, min(scores) - 0.12 * high)
    return (low if low > 0.2 * high else 0.0, high)


def height_of(score: float, tops: tuple[float, float], ground: float) -> float:
    """Turns a score into a y."""
    low, high = tops
    share = (score - low) / (high - low) if high > low else 1.0
    return ground - max(share, 0.015) * (ground - TOP)


def score_grid(tops: tuple[float, float], ground: float) -> list[str]:
    """Draws the scale on the left."""
    low, high = tops
    marks = [text("Score", x=8, y=TOP - 14, class_="axis")]
    for score in round_steps(high, about=5):
        if score > low:
            y = height_of(score, tops, ground)
            marks.append(tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="grid"))
            marks.append(text(f"{score:g}", x=26, y=y + 4, class_="tick end"))
    return marks


def stripes(key: str) -> str:
    """Defines the hatching that stands for what lies above the useful minimum."""
    bar = tag("rect", width=2, height=5, class_="stripe")
    pattern = tag(
        "pattern",
        bar,
        id=f"rest-{key}",
        width=5,
        height=5,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return tag("defs", pattern)


def draw_block(
    block: Block, facts: Skyline, x: float, width: float, tops: tuple[float, float], ground: float
) -> str:
    """Draws one request: solid to its minimum, striped to its ask, faded where it does not fit."""
    y = height_of(block.score, tops, ground)
    gap = 1.5 if width > 3 else 0.0
    box = {"y": y, "height": ground - y, "rx": 2 if width > 6 else 0}
    marks = [title(describe(block, facts))]
    if not block.fits:
        room = width
        marks.append(tag("rect", x=x + 0.5, width=max(width - gap - 1, 0.5), class_="faded", **box))
    else:
        given = block.ask if block.awarded is None else min(block.awarded, block.ask)
        share = given / block.ask if block.ask else 1.0
        solid = min(block.minimum, given) / block.ask if block.ask else 1.0
        full = max(width - gap, 0.4)
        if share < 1:
            marks.append(tag("rect", x=x, width=full, class_="faded", **box))
        marks.append(tag("rect", x=x, width=full * share, class_="block", **box))
        room = full * min(share, solid)
        if solid < share and width > 2:
            rest = {"x": x + full * solid, "width": full * (share - solid)}
            marks.append(tag("rect", fill=f"url(#rest-{facts.key})", **rest, **box))
    if name := upright_name(block.name, room, ground - y):
        at = f"translate({x + min(room / 2 + 4, 16):.1f} {ground - 8:.1f}) rotate(-90)"
        marks.append(text(name, transform=at, class_="name"))
    if block.tied:
        marks.append(
            tag("rect", x=x, y=ground + 2, width=max(width - gap, 1.5), height=4, class_="tied")
        )
    classes = f"{hue_class(block.area)}{'' if block.fits else ' out'}"
    group = tag("g", "".join(marks), class_=classes)
    return tag("a", group, href=block.href, tabindex="-1") if block.href else group


def upright_name(name: str, width: float, height: float) -> str | None:
    """Gives the name if it can be read inside the block, turned by a quarter."""
    room = int((height - 14) / LETTER)
    return name if width >= NAME_WIDTH and len(name) <= room else None


def describe(block: Block, facts: Skyline) -> str:
    """Says in words what the block shows."""
    ask = compact(block.ask / facts.per_display)
    least = compact(block.minimum / facts.per_display)
    given = block.ask if block.awarded is None else block.awarded
    fate = (
        "does not fit"
        if not block.fits
        else f"would get {compact(given / facts.per_display)} {facts.unit}"
    )
    sure = f", funded in {block.odds} of the draws" if block.odds else ""
    close = ", too close to tell" if block.tied else ""
    return (
        f"{block.name}: score {block.score:.1f}, asks {ask}, at least {least} {facts.unit}, {fate}"
        f"{sure}{close}"
    )


def amount_axis(extent: int, per_display: int, ground: float) -> list[str]:
    """Draws the scale below."""
    top = extent / per_display
    scale = (RIGHT - LEFT) / top
    marks = []
    for amount in round_steps(top, about=6):
        x = LEFT + amount * scale
        if x < RIGHT - 12:
            marks.append(text(compact(amount), x=x, y=ground + 21, class_="tick mid"))
    return marks


def ghost_line(ghost: int, scale: float, per_display: int, ground: float) -> list[str]:
    """Draws a second, dotted line to compare with."""
    x = LEFT + ghost * scale
    words = f"engine\N{RIGHT SINGLE QUOTATION MARK}s plan {compact(ghost / per_display)}"
    return [
        tag("line", x1=x, x2=x, y1=TOP - 8, y2=ground + 4, class_="ghost"),
        text(words, x=x - 5, y=TOP - 4, class_="cut-text end"),
    ]


def capacity_line(facts: Skyline, x: float, ground: float) -> list[str]:
    """Draws the one red line, and says what it is."""
    words = f"Capacity {compact(facts.capacity / facts.per_display)} {facts.unit}"
    wide = 24 + len(words) * 6.6
    left = min(max(x - wide / 2, 2), WIDTH - wide - 2)
    return [
        tag("line", x1=x, x2=x, y1=16, y2=ground + 6, class_="cut"),
        tag("rect", x=left, y=4, width=wide, height=24, rx=12, class_="flag"),
        text(words, x=left + wide / 2, y=20, class_="flag-text mid"),
    ]
