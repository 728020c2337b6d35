"""Small rounds for the tests of the engine: some with few whole steps, some in hours."""

from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from apportion.core.decide.problem import Ask, Problem
from apportion.core.decide.room import missed_share, total_points
from apportion.core.policy import Area, CutLine, Group, Objective, Policy
from apportion.core.units import DisplayUnit, Resource

ITEMS = {
    "gpu:h100": Resource(code="gpu:h100", unit=DisplayUnit.ITEM),
    "staff": Resource(code="staff", unit=DisplayUnit.ITEM),
}
HOURS = {"gpu:h100": Resource(code="gpu:h100"), "staff": Resource(code="staff")}


def policy(**changes):
    """A round of one resource and one area, unless told otherwise."""
    stated = {
        "name": "test",
        "resources": {"gpu:h100": ITEMS["gpu:h100"]},
        "pool": {"gpu:h100": 10},
        "areas": (Area(id="lab", name="Lab"),),
        "tie_seed": "0xfeed",
    }
    return Policy(**(stated | changes))


def ask(name, amount=4, minimum=None, **changes):
    """A request for so many GPUs, all or nothing unless told otherwise."""
    stated = {
        "id": name,
        "area": "lab",
        "project": "p",
        "score": Fraction(3),
        "ask": {"gpu:h100": amount},
        "minimum": {"gpu:h100": amount if minimum is None else minimum},
    }
    return Ask(**(stated | changes))


@st.composite
def asks_of(draw, names, *, most, resources):
    """Requests whose amounts, links and scores leave plenty of ties and conflicts."""
    drawn = []
    for place, name in enumerate(names):
        amounts = {"gpu:h100": draw(st.integers(1, most))}
        if len(resources) > 1 and draw(st.booleans()):
            amounts["staff"] = draw(st.integers(1, amounts["gpu:h100"]))
        earlier = st.sampled_from(names[:place]) if place else st.nothing()
        needs = (
            draw(st.lists(earlier, max_size=1)) if place and draw(st.integers(0, 3)) == 0 else []
        )
        drawn.append(
            Ask(
                id=name,
                area=draw(st.sampled_from(["left", "right"])),
                project="p",
                groups=tuple(draw(st.sampled_from([(), ("flagship",)]))),
                score=Fraction(draw(st.integers(0, 8)), 2),
                value=draw(st.sampled_from([None, Fraction(5), Fraction(13, 2)])),
                ask=amounts,
                minimum={r: draw(st.integers(0, n)) for r, n in amounts.items()},
                either_or=draw(st.sampled_from([None, None, None, "pair"])),
                requires=tuple(needs),
            )
        )
    return tuple(drawn)


@st.composite
def rounds(draw, *, count=5, most=6, resources=ITEMS, objective=Objective.MERIT):
    """A policy and its requests. Amounts are in base units, up to `most` for one request.

    Floors are promised of the resource that steps count, where whole units cost a proof nothing.
    """
    scale = max(1, most // 6)
    limit = st.integers(0, 2 * count).map(lambda n: n * scale)
    areas = (
        Area(
            id="root",
            name="Root",
            cap=draw(st.fixed_dictionaries({}, optional={"gpu:h100": limit})),
        ),
        Area(
            id="left",
            name="Left",
            parent="root",
            floor=draw(st.fixed_dictionaries({}, optional={"gpu:h100": limit})),
        ),
        Area(
            id="right",
            name="Right",
            floor=draw(st.fixed_dictionaries({}, optional={"gpu:h100": limit})),
            cap=draw(st.fixed_dictionaries({}, optional={"staff": limit})),
        ),
    )
    stated = policy(
        resources=resources,
        pool={"gpu:h100": draw(limit), "staff": draw(limit)},
        areas=areas,
        groups=(Group(id="flagship", cap={"gpu:h100": draw(limit)}),),
        reserve_share=draw(st.sampled_from([Fraction(0), Fraction(1, 10)])),
        objective=objective,
        tie_seed=draw(st.sampled_from(["0x1", "0x2", "0x3"])),
        cut_line=CutLine(
            threshold=draw(st.sampled_from([Fraction(0), Fraction(2)])),
            skip_unfit=draw(st.booleans()),
        ),
    )
    names = [f"r{place}" for place in range(draw(st.integers(1, count)))]
    return stated, draw(asks_of(names, most=most, resources=resources))


def best_by_hand(problem: Problem):
    """Tries every slate there is: the least missed share, and the most points at that."""
    choices = [
        [0, *range(least, steps + 1)]
        for least, steps in zip(problem.least, problem.steps, strict=True)
    ]
    keys = (
        (missed_share(problem, taken), -total_points(problem, taken))
        for taken in product(*choices)
        if is_possible(problem, taken)
    )
    missed, points = min(keys)
    return missed, -points


def is_possible(problem: Problem, taken):
    """Says whether a slate keeps every limit and link, counted from the definitions."""
    for limit in problem.limits:
        used = sum(
            Fraction(taken[i] * problem.asks[i].ask[limit.resource], problem.steps[i])
            for i in limit.members
        )
        if used > limit.bound:
            return False
    for _, members in problem.labels:
        if sum(taken[i] > 0 for i in members) > 1:
            return False
    return all(taken[j] for i, steps in enumerate(taken) if steps for j in problem.needs[i])
