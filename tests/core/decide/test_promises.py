"""What a decision owes to everybody alike: dominance, monotone scores, safe minima, no names."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apportion.core.decide.problem import draw_order
from apportion.core.decide.solve import WaysIn, decide
from apportion.core.policy import Objective

from .rounds import rounds

EXAMPLES = settings(max_examples=60, deadline=None)


def awards_of(stated, asks):
    decision = decide(policy=stated, asks=asks, ways_in=WaysIn.ESTIMATE)
    return {award.request: award for award in decision.awards}


def without_floors(stated):
    return replace(stated, areas=tuple(replace(area, floor={}) for area in stated.areas))


@EXAMPLES
@given(rounds(), st.integers(0, 4), st.integers(0, 3), st.integers(0, 3), st.integers(1, 4))
def test_a_request_that_dominates_a_funded_one_is_funded_too(drawn, place, less, lower, more):
    stated, asks = without_floors(drawn[0]), list(drawn[1])
    weaker = asks[place % len(asks)]
    asks = [replace(a, requires=tuple(r for r in a.requires if r != weaker.id)) for a in asks]
    gpus = max(1, weaker.ask["gpu:h100"] - less)
    plain = {"gpu:h100": weaker.ask["gpu:h100"]}
    worth = weaker.value if weaker.value is not None else Fraction(5)
    weaker = replace(
        weaker,
        ask=plain,
        minimum={"gpu:h100": weaker.minimum["gpu:h100"]},
        value=worth,
        either_or=None,
        requires=(),
    )
    stronger = replace(
        weaker,
        id="stronger",
        ask={"gpu:h100": gpus},
        minimum={"gpu:h100": min(gpus, max(0, weaker.minimum["gpu:h100"] - lower))},
        value=worth + Fraction(more, 2),
    )
    held = [weaker if a.id == weaker.id else a for a in asks]
    awards = awards_of(stated, [*held, stronger])
    assert not awards[weaker.id].taken or awards["stronger"].taken


@EXAMPLES
@given(rounds(), st.integers(0, 4), st.integers(1, 6))
def test_a_higher_score_never_means_a_smaller_award(drawn, place, more):
    stated, asks = drawn
    chosen = asks[place % len(asks)]
    raised = (
        replace(chosen, score=chosen.score + Fraction(more, 2))
        if chosen.value is None
        else replace(chosen, value=chosen.value + Fraction(more, 2))
    )
    before = awards_of(stated, asks)[chosen.id]
    after = awards_of(stated, [raised if a is chosen else a for a in asks])[chosen.id]
    assert after.taken >= before.taken


@EXAMPLES
@given(rounds(), st.integers(0, 4), st.integers(1, 6))
def test_a_funded_request_with_a_lower_minimum_is_funded_still(drawn, place, less):
    stated, asks = without_floors(drawn[0]), drawn[1]
    chosen = asks[place % len(asks)]
    # A value of its own, so that no other slate is worth exactly as much and the draw is silent.
    chosen_now = replace(chosen, value=Fraction(7919, 1000))
    asks = [chosen_now if a is chosen else a for a in asks]
    assume(chosen_now.minimum["gpu:h100"] > 0)
    minimum = {r: max(0, n - less) for r, n in chosen_now.minimum.items()}
    lowered = [replace(a, minimum=minimum) if a is chosen_now else a for a in asks]
    before = awards_of(stated, asks)[chosen.id]
    after = awards_of(stated, lowered)[chosen.id]
    assert not before.taken or after.taken


@EXAMPLES
@given(rounds(), st.integers(0, 99), st.sampled_from([Objective.MERIT, Objective.CUT_LINE]))
def test_names_count_for_nothing_but_their_place_in_the_draw(drawn, salt, objective):
    stated, asks = replace(drawn[0], objective=objective), drawn[1]
    names = [a.id for a in asks]
    fresh = [f"n{(salt * 7 + 13 * place) % 101}" for place in range(len(names))]
    by_old = sorted(
        names, key=dict(zip(names, draw_order(stated.tie_seed, names), strict=True)).get
    )
    by_new = sorted(
        fresh, key=dict(zip(fresh, draw_order(stated.tie_seed, fresh), strict=True)).get
    )
    renamed = dict(zip(by_old, by_new, strict=True))
    others = [
        replace(a, id=renamed[a.id], requires=tuple(renamed[r] for r in a.requires)) for a in asks
    ]
    before, after = awards_of(stated, asks), awards_of(stated, others)
    assert {renamed[n]: a.taken for n, a in before.items()} == {
        n: a.taken for n, a in after.items()
    }
