"""The proof of a large round: one box closed by prices, or narrowed by them and then searched."""

from collections.abc import Sequence

from apportion.core.decide.certificate import Proof, ProofNode
from apportion.core.decide.columns import Columns
from apportion.core.decide.links import rivals
from apportion.core.decide.model import MISS_SCALE, Row
from apportion.core.decide.problem import Problem
from apportion.core.decide.scale import Scaled
from apportion.core.decide.weigh import Weighed, hopeless_by_limit


def one_box(
    problem: Problem,
    columns: Columns,
    weighed: Weighed,
    budget: int | None,
    *,
    may_miss: bool,
    added: Sequence[tuple[Row, int]] = (),
) -> Proof:
    """One box, that of everything, closed by the prices; an aim may add rows with theirs."""
    table = _RowTable(problem, columns, budget)
    prices = table.prices_of(weighed)
    rows = (*table.rows, *(row for row, _ in added))
    prices |= {len(table.rows) + place: price for place, (_, price) in enumerate(added)}
    return Proof(
        rows=rows, nodes=(ProofNode(prices=prices),), bound=weighed.bound, may_miss=may_miss
    )


def searched_proof(
    problem: Problem, columns: Columns, found: Scaled, budget: int | None, *, may_miss: bool
) -> Proof:
    """The box of everything, narrowed by the prices and split as the search of the core did."""
    if found.attempt is None:
        return one_box(problem, columns, found.weighed, budget, may_miss=may_miss)
    attempt, table = found.attempt, _RowTable(problem, columns, budget)
    root = table.prices_of(found.weighed)
    nodes = [ProofNode(prices=root, then=1, beaten=attempt.beaten)]
    for held in attempt.chain:
        prices = {table.place(attempt.rows[row]): price for row, price in held.items()}
        nodes.append(ProofNode(prices=prices, then=len(nodes) + 1, beaten=attempt.beaten))
    first = len(nodes)
    for place, node in enumerate(attempt.nodes):
        if node.request >= 0:
            split = ProofNode(
                prices={},
                request=int(attempt.members[node.request]),
                at_least=int(node.at_least),
                yes=node.yes + first,
                no=node.no + first,
            )
            nodes.append(split)
        else:
            leaf = attempt.leaves.get(place)
            known = leaf.prices if leaf else {}
            prices = {table.place(attempt.rows[row]): price for row, price in known.items()}
            nodes.append(ProofNode(prices=prices))
    return Proof(rows=tuple(table.rows), nodes=tuple(nodes), bound=found.bound, may_miss=may_miss)


class _RowTable:
    """The rows of a proof, each once, rebuilt over the whole round."""

    def __init__(self, problem: Problem, columns: Columns, budget: int | None) -> None:
        self._problem, self._columns, self._budget = problem, columns, budget
        self._alike = rivals(problem.labels, problem.needs)
        self._limits = {limit.about: limit for limit in problem.limits}
        self._floors = {f.about: k for k, f in enumerate(problem.floors)}
        self._seats: dict[object, int] = {}
        self.rows: list[Row] = []

    def prices_of(self, weighed: Weighed) -> dict[int, int]:
        """The prices of a relaxation by place in the table."""
        problem, plain = self._problem, len(self._problem.labels)
        floors, never = problem.floors, hopeless_by_limit(self._columns)
        found: list[tuple[str, tuple[str, ...], int]] = [
            ("limit", problem.limits[k].about, p) for k, p in weighed.limits.items()
        ]
        found += [("floor", floors[k].about, p) for k, p in weighed.floors.items()]
        found += [("missed", (), weighed.budget)] if weighed.budget else []
        found += [
            ("either_or" if k < plain else "rivals", (str(k),), p)
            for k, p in weighed.labels.items()
        ]
        found += [("requires", (str(k),), p) for k, p in weighed.needs.items()]
        prices = {self._seat(kind, about): p for kind, about, p in found}
        for k, price in weighed.hopeless.items():
            members = tuple(never[k].tolist())
            row = _row("most", problem.limits[k].about, members, (1,) * len(members), 0)
            prices[self.place(row)] = price
        return prices

    def place(self, row: Row) -> int:
        """The place of a row in the table; one of a core is rebuilt over the whole round."""
        if row.kind != "most":
            return self._seat(row.kind, row.about)
        key = (row.about, row.columns, row.bound, row.within)
        if key not in self._seats:
            self._seats[key] = len(self.rows)
            self.rows.append(row)
        return self._seats[key]

    def _seat(self, kind: str, about: tuple[str, ...]) -> int:
        if (kind, about) not in self._seats:
            self._seats[kind, about] = len(self.rows)
            self.rows.append(self._built(kind, about))
        return self._seats[kind, about]

    def _built(self, kind: str, about: tuple[str, ...]) -> Row:
        if kind in {"limit", "floor", "missed"}:
            return self._bounding(kind, about)
        problem, k = self._problem, int(about[0])
        asks, plain = problem.asks, len(problem.labels)
        if kind == "requires":
            i, j = self._columns.needs[k].tolist()
            shares = (problem.least[j], -problem.steps[j])
            return _row(kind, (asks[i].id, asks[j].id), (i, j), shares, 0)
        label, members = problem.labels[k] if k < plain else self._alike[k - plain]
        names = () if k < plain else tuple(asks[i].id for i in members)
        return _row(kind, (label, *names), members, (1,) * len(members), 1)

    def _bounding(self, kind: str, about: tuple[str, ...]) -> Row:
        problem = self._problem
        asks, count = problem.asks, len(problem.asks)
        if kind == "limit":
            limit = self._limits[about[0], about[1], about[2]]
            uses = tuple(asks[i].ask[limit.resource] for i in limit.members)
            return _row(kind, about, limit.members, uses, limit.bound)
        if kind == "missed":
            places = tuple(range(count, count + len(problem.floors)))
            return _row(kind, about, places, (MISS_SCALE,) * len(places), self._budget or 0)
        k = self._floors[about]
        floor = problem.floors[k]
        gives = tuple(-asks[i].ask[floor.resource] for i in floor.members)
        uses = (*gives, -floor.promised)
        return _row(kind, about, (*floor.members, count + k), uses, -floor.promised)


def _row(
    kind: str, about: tuple[str, ...], columns: tuple[int, ...], uses: tuple[int, ...], bound: int
) -> Row:
    return Row(kind=kind, about=about, columns=columns, coefficients=uses, bound=bound)
