"""Refusals: a closed list, told in one order, each with what to do."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.refusals import Code, Refusal, Refused, by_precedence

refusals = st.builds(
    Refusal,
    code=st.sampled_from(Code),
    subject=st.text(max_size=8),
    remedy=st.text(max_size=8),
    numbers=st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


def test_codes_stand_in_the_order_in_which_they_are_told():
    precedences = [code.precedence for code in Code]
    assert all(a < b for a, b in itertools.pairwise(precedences))


@pytest.mark.parametrize("code", Code)
def test_a_code_means_one_sentence_and_says_whether_a_retry_may_succeed(code):
    assert code.meaning.endswith(".")
    assert isinstance(code.retryable, bool)


@given(st.lists(refusals, min_size=1))
def test_the_first_refusal_told_is_the_one_of_highest_precedence(found):
    told = Refused(found).refusals
    assert told[0].code.precedence == min(refusal.code.precedence for refusal in found)
    assert sorted(map(str, told)) == sorted(map(str, found))


@given(st.lists(refusals), st.randoms(use_true_random=False))
def test_the_order_told_does_not_depend_on_the_order_found(found, rng):
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert by_precedence(found) == by_precedence(shuffled)


def test_a_refusal_reads_as_subject_rule_numbers_and_remedy():
    refusal = Refusal(
        code=Code.NOT_ENOUGH,
        subject="project vision",
        remedy="Ask for at most 12 credits.",
        numbers={"balance": 12, "asked": 15},
    )
    assert str(refusal) == (
        "project vision: The account would fall below its floor, holds counted. "
        "(balance 12, asked 15) Ask for at most 12 credits."
    )
