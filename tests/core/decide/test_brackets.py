"""A bracket holds the threshold: below it no slate that funds the request wins, above it one does."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.decide.brackets import Margin
from apportion.core.decide.columns import columns_of, whole_numbers
from apportion.core.decide.problem import pose
from apportion.core.decide.room import missed_share, total_points
from apportion.core.decide.solve import decide, settle
from apportion.core.decide.ways import VERIFIED_UP_TO, WaysIn
from apportion.core.policy import Area

from .rounds import HOURS, ask, is_possible, policy, rounds
from .test_levers import halves_by_hand


def brackets_of(problem, width=1.0):
    _, settled = settle(problem)
    phase = next(p for p in settled.phases if p.name == "value")
    taken = whole_numbers(settled.taken)
    margin = Margin(columns_of(problem), taken, value=phase.value, bound=phase.bound)
    for i, steps in enumerate(settled.taken):
        if not steps and (bracket := margin.bracket(i, width=width)) is not None:
            yield i, bracket


@st.composite
def scarce_rounds(draw):
    """Two areas, one pool for about half of what is asked, no links; a floor or a cap now and then."""
    amounts = draw(st.lists(st.integers(1, 8), min_size=3, max_size=5))
    asks = tuple(
        ask(
            f"r{place}",
            amount,
            draw(st.integers(1, amount)),
            score=Fraction(draw(st.integers(2, 40)), 4),
            area=draw(st.sampled_from(["lab", "field"])),
        )
        for place, amount in enumerate(amounts)
    )
    few = st.integers(1, 6)
    areas = (
        Area(id="lab", name="Lab", floor=draw(st.sampled_from([{}, {}, {"gpu:h100": 1}]))),
        Area(id="field", name="Field", cap=draw(st.one_of(st.just({}), few.map(_cap)))),
    )
    return policy(pool={"gpu:h100": max(8, sum(amounts) // 2)}, areas=areas), asks


def _cap(amount):
    return {"gpu:h100": 2 * amount}


@settings(max_examples=60, deadline=None)
@given(scarce_rounds())
def test_the_exact_threshold_lies_within_the_bracket(drawn):
    problem = pose(*drawn)
    for i, bracket in brackets_of(problem):
        inside, outside = halves_by_hand(problem, i)
        if inside is None or inside[0] > outside[0]:
            assert bracket.high is None
            continue
        # What the others of the best slate that funds it at its minimum lack is the threshold.
        lacks = least_that_wins(problem, i, -outside[1])
        assert bracket.low <= lacks + 2
        assert bracket.high is None or bracket.high >= lacks - 2


def least_that_wins(problem, i, best_without):
    """The smallest worth of the minimum at which some slate with the request beats all without."""
    choices = [
        [0, *range(low, high + 1)] for low, high in zip(problem.least, problem.steps, strict=True)
    ]
    choices[i] = [taken for taken in choices[i] if taken]
    best = None
    for taken in product(*choices):
        if is_possible(problem, taken) and not missed_share(problem, taken):
            rest = total_points(problem, taken) - problem.points(i, taken[i])
            lacks = Fraction(best_without - rest) * problem.least[i] / taken[i]
            best = lacks if best is None else min(best, lacks)
    return max(Fraction(0), best)


@settings(max_examples=30, deadline=None)
@given(rounds(most=40_000, resources=HOURS, count=12))
def test_a_bracket_is_never_the_wrong_way_round(drawn):
    for _, bracket in brackets_of(pose(*drawn), width=1e6):
        assert bracket.high is None or bracket.low <= bracket.high


def test_a_round_too_large_to_solve_again_tells_a_bracket_and_calls_it_an_estimate():
    stated = policy(pool={"gpu:h100": 100})
    asks = [ask(f"r{n:02}", 4, 2, score=Fraction(100 + n, 20)) for n in range(VERIFIED_UP_TO + 1)]
    decision = decide(policy=stated, asks=asks)
    denied = [award for award in decision.awards if not award.taken]
    ways = [award.counterfactuals[0] for award in denied]
    scores = [w for w in ways if w.lever.value == "score"]
    assert scores
    for way in scores:
        assert way.kind == "bracket"
        assert Fraction(way.change["from"]) < Fraction(way.change["to"])
        assert way.text.startswith("Estimate: it needs a score of more than ")
    estimates = decide(policy=stated, asks=asks, ways_in=WaysIn.ESTIMATE)
    kinds = {
        w.kind for a in estimates.awards for w in a.counterfactuals if w.lever.value == "score"
    }
    assert kinds <= {"price"}
