"""Whether the answers to a call's own questions are complete and within bounds."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from apportion.core.apply.call import Answer, Question
from apportion.core.refusals import Code, Refusal
from apportion.core.units import NotAQuantity, parse_decimal

CHECKED = "yes"
MOST_CHARACTERS = 10_000  # of an answer without a bound of its own
NUMBER_REMEDY = "Write a plain number such as 12 or 0.25."


def check_answers(
    subject: str, questions: Sequence[Question], answers: Mapping[str, str]
) -> tuple[Refusal, ...]:
    """Lists what is wrong with the answers, in the order of the questions.

    Refuses: INCOMPLETE, OUT_OF_RANGE.
    """
    found = []
    for question in questions:
        fault = fault_of(question, answers.get(question.id, ""))
        if fault:
            code = Code.OUT_OF_RANGE if answers.get(question.id, "").strip() else Code.INCOMPLETE
            remedy = f"{question.label}: {fault}"
            found.append(Refusal(code=code, subject=subject, remedy=remedy))
    return tuple(found)


def fault_of(question: Question, answer: str) -> str:
    """Says in a sentence what is wrong with one answer; nothing where it is well."""
    written = answer.strip()
    if not written:
        return _missing(question) if question.required else ""
    match question.kind:
        case Answer.TEXT:
            return _fault_of_text(question, written)
        case Answer.NUMBER:
            return _fault_of_number(question, written)
        case Answer.CHOICE:
            fine = written in question.choices
            return "" if fine else f"Choose one of {', '.join(question.choices)}."
        case Answer.CHECKBOX:
            return "" if written == CHECKED else "Tick it, or leave it."


def _missing(question: Question) -> str:
    if question.kind is Answer.CHECKBOX:
        return "It has to be ticked."
    return "It has to be answered."


def _fault_of_text(question: Question, written: str) -> str:
    most = MOST_CHARACTERS if question.most is None else int(question.most)
    if len(written) > most:
        return f"Use at most {most:,} characters; there are {len(written):,}."
    if question.least is not None and len(written) < question.least:
        return f"Use at least {int(question.least):,} characters; there are {len(written):,}."
    return ""


def _fault_of_number(question: Question, written: str) -> str:
    sign, digits = (-1, written[1:]) if written.startswith("-") else (1, written)
    try:
        value = sign * Fraction(parse_decimal(digits))
    except NotAQuantity as fault:
        return f"This is {fault.what}. {NUMBER_REMEDY}"
    if question.least is not None and value < question.least:
        return f"Write at least {_plain(question.least)}."
    if question.most is not None and value > question.most:
        return f"Write at most {_plain(question.most)}."
    return ""


def _plain(bound: Fraction) -> str:
    return f"{bound.numerator}" if bound.denominator == 1 else f"{float(bound):g}"
