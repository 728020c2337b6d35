"""The proof in integers: what the tree of boxes and their prices say no slate can be worth.

Weak duality: for any prices of at least zero, a slate inside a box is worth at most the rows'
bounds at those prices plus, per column, the best that its reduced gain can do within the box. The
prices are rounded to integers first, so nothing here rests on floating point.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apportion.core.decide.boxes import Steps, narrow, whole_box
from apportion.core.decide.model import Model, Row
from apportion.core.decide.problem import Problem
from apportion.core.decide.tree import Node, Searched

Box = tuple[list[int], list[int]]  # the fewest and the most steps of each request
PRICE_SCALE = 10**12  # prices are integers of 1e-12 gain units per unit of their row


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofNode:
    """A box that is split by a question, closed by prices, or narrowed by them.

    Shape: prices map a position in the proof's rows to an integer; split nodes have none. A narrowed
    box goes on as `then`: outside it, the prices say, no slate is worth more than `beaten`.
    """

    prices: Mapping[int, int]
    request: int = -1
    at_least: int = 0
    yes: int = -1
    no: int = -1
    then: int = -1
    beaten: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A tree whose leaves bound every slate. Units: bound in the model's gain units, rounded up."""

    rows: tuple[Row, ...]
    nodes: tuple[ProofNode, ...]
    bound: int
    may_miss: bool  # whether it counts slates that miss floors


def prove(problem: Problem, model: Model, searched: Searched, *, least: int) -> Proof:
    """Turns a search into a proof; the bound is never below `least`, the score already reached."""
    leaves: dict[int, dict[int, int]] = {}
    bound = least
    for place, low, high in _leaves(problem, searched.nodes):
        box = low.tolist(), high.tolist()
        prices = _integer_prices(searched.nodes[place])
        worth = box_bound(problem, model, prices, box)
        if worth > least:
            prices = _emptied(problem, model, prices, box, least)
            worth = min(worth, box_bound(problem, model, prices, box))
        leaves[place] = prices
        bound = max(bound, worth)
    used = sorted({row for prices in leaves.values() for row in prices})
    renamed = {row: place for place, row in enumerate(used)}
    return Proof(
        rows=tuple(model.rows[row] for row in used),
        nodes=tuple(
            _proof_node(node, leaves.get(place, {}), renamed)
            for place, node in enumerate(searched.nodes)
        ),
        bound=bound,
        may_miss=model.may_miss,
    )


def box_bound(problem: Problem, model: Model, prices: Mapping[int, int], box: Box) -> int:
    """Counts the most that a slate inside a box can be worth at these prices."""
    gains = [gain * PRICE_SCALE for gain in model.gains]
    return -(-_priced(problem, model, prices, box, gains) // PRICE_SCALE)


def _emptied(
    problem: Problem, model: Model, prices: dict[int, int], box: Box, least: int
) -> dict[int, int]:
    """Raises the prices of a box in which nothing fits until they say so.

    At such prices even slates worth nothing count less than nothing, so a multiple is low enough.
    """
    void = _priced(problem, model, prices, box, [0] * len(model.gains))
    if void >= 0:
        return prices
    enough = PRICE_SCALE * (sum(max(0, gain) for gain in model.gains) + abs(least) + 1)
    factor = -(-enough // -void)
    return {row: price * factor for row, price in prices.items()}


def _priced(
    problem: Problem, model: Model, prices: Mapping[int, int], box: Box, gains: Sequence[int]
) -> int:
    """Weak duality, rounded up: the rows' bounds at the prices, and the best of each column."""
    reduced = list(gains)
    total = 0
    for place, price in prices.items():
        row = model.rows[place]
        total += price * row.bound
        for column, coefficient in zip(row.columns, row.coefficients, strict=True):
            reduced[column] -= price * coefficient
    for i, (fewest, most) in enumerate(zip(*box, strict=True)):
        at = most if reduced[i] > 0 else fewest
        total -= -(reduced[i] * at) // problem.steps[i]
    others = reduced[len(problem.asks) :]
    if not model.may_miss:
        others = others[len(others) - model.added :]
    return total + sum(max(0, gain) for gain in others)


def _leaves(problem: Problem, nodes: Sequence[Node]) -> Iterator[tuple[int, Steps, Steps]]:
    """Walks the tree and yields every leaf whose box is not empty, with its bounds."""
    low, high = whole_box(problem)
    waiting = [(0, low, high)] if narrow(problem, low, high, range(len(problem.asks))) else []
    while waiting:
        place, low, high = waiting.pop()
        node = nodes[place]
        if node.request < 0:
            yield place, low, high
            continue
        yes, no = (low.copy(), high.copy()), (low.copy(), high.copy())
        yes[0][node.request] = node.at_least
        no[1][node.request] = node.at_least - 1
        for child, bounds in ((node.yes, yes), (node.no, no)):
            if narrow(problem, *bounds, [node.request]):
                waiting.append((child, *bounds))


def _integer_prices(node: Node) -> dict[int, int]:
    scaled = ((row, round(price * PRICE_SCALE)) for row, price in enumerate(node.prices.tolist()))
    return {row: price for row, price in scaled if price}


def _proof_node(node: Node, prices: Mapping[int, int], renamed: Mapping[int, int]) -> ProofNode:
    return ProofNode(
        prices={renamed[row]: price for row, price in prices.items()},
        request=node.request,
        at_least=node.at_least,
        yes=node.yes,
        no=node.no,
    )
