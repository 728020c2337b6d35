"""Answers to a call's own questions: what is missing, too long or no number is told by its label."""

from fractions import Fraction

import pytest

from apportion.core.apply.answers import check_answers, fault_of
from apportion.core.apply.call import Answer, Question
from apportion.core.refusals import Code

PLAN = Question(id="plan", label="Data plan", required=True, most=Fraction(20))
NODES = Question(
    id="nodes", label="Nodes", kind=Answer.NUMBER, least=Fraction(-1), most=Fraction(8)
)
WHERE = Question(id="where", label="Where", kind=Answer.CHOICE, choices=("here", "there"))
AGREE = Question(id="agree", label="Agreed", kind=Answer.CHECKBOX, required=True)


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        (PLAN, "", "It has to be answered."),
        (PLAN, "  \n", "It has to be answered."),
        (PLAN, "x" * 21, "Use at most 20 characters; there are 21."),
        (NODES, "nine", "This is not a number. Write a plain number such as 12 or 0.25."),
        (NODES, "9", "Write at most 8."),
        (NODES, "-2", "Write at least -1."),
        (NODES, "NaN", "This is not a finite number. Write a plain number such as 12 or 0.25."),
        (WHERE, "elsewhere", "Choose one of here, there."),
        (AGREE, "", "It has to be ticked."),
        (AGREE, "maybe", "Tick it, or leave it."),
    ],
)
def test_an_answer_that_will_not_do_is_told_with_its_remedy(question, answer, told):
    assert fault_of(question, answer) == told


@pytest.mark.parametrize(
    ("question", "answer"),
    [(PLAN, "all public"), (NODES, ""), (NODES, "-0.5"), (WHERE, "there"), (AGREE, "yes")],
)
def test_an_answer_that_will_do_passes(question, answer):
    assert fault_of(question, answer) == ""


def test_what_is_missing_is_incomplete_and_what_is_wrong_is_out_of_range():
    found = check_answers("w1-1", (PLAN, NODES), {"nodes": "9"})
    assert [refusal.code for refusal in found] == [Code.INCOMPLETE, Code.OUT_OF_RANGE]
