"""What awards are worth as linear terms: where a minimum is worth more than its share, in two parts.

A request with a curve has a column of its own that says how far its minimum is granted; it brings
what the minimum is worth beyond the line from minimum to ask. Both parts are rounded up, so that
no whole award is worth more than they say.
"""

from collections.abc import Iterable

from apportion.core.decide.problem import Problem

Terms = tuple[tuple[int, int], ...]  # column and micropoints, summed


def slope(problem: Problem, i: int) -> int:
    """Micropoints for the whole fraction of a request, along the line above its minimum."""
    if i not in problem.curve:
        return problem.worth[i]
    rise, run = problem.worth[i] - problem.curve[i], problem.steps[i] - problem.least[i]
    return -(-rise * problem.steps[i] // run)


def bonus(problem: Problem, i: int) -> int:
    """Micropoints that the minimum of a request brings beyond that line."""
    return problem.curve[i] - slope(problem, i) * problem.least[i] // problem.steps[i]


def curved_columns(problem: Problem) -> dict[int, int]:
    """The column of each request with a curve: they come after the requests and the floors."""
    first = len(problem.asks) + len(problem.floors)
    return {i: first + place for place, i in enumerate(sorted(problem.curve))}


def points_terms(problem: Problem, members: Iterable[int]) -> Terms:
    """What awards to these requests bring, at most, as terms of the model's columns."""
    columns = curved_columns(problem)
    terms = []
    for i in members:
        terms.append((i, slope(problem, i)))
        if i in columns:
            terms.append((columns[i], bonus(problem, i)))
    return tuple(terms)
