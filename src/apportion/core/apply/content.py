"""A request as its author typed it: a flat mapping of fields to text, read whole before it is sent.

A draft may hold anything; only what is submitted has to make sense.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apportion.core.apply.answers import check_answers
from apportion.core.apply.call import Call
from apportion.core.apply.draft import Draft, check_draft
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Policy
from apportion.core.refusals import Code, Refusal, by_precedence
from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

Content = Mapping[str, str]
TEXTS = ("title", "question", "if_minimum")
LINKS = ("either_or", "requires", "groups", "co_authors")
PLAIN = (*TEXTS, *LINKS)
MINIMUM, ASK, ANSWER = "minimum:", "ask:", "answer:"
MOST_OF_FIELD = 20_000  # characters; what is longer is refused whole, before anything is kept
MOST_OF_TITLE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the amounts of a draft come to. Units: base units, as (minimum, ask)."""

    amounts: Mapping[str, tuple[int, int]]
    faults: tuple[Refusal, ...]


def field_names(codes: Sequence[str], questions: Sequence[str]) -> tuple[str, ...]:
    """Lists every field that a request of a round may have, in the order of the page."""
    amounts = [f"{side}{code}" for code in codes for side in (MINIMUM, ASK)]
    return (*PLAIN, *amounts, *(f"{ANSWER}{question}" for question in questions))


def tidy(content: Content) -> dict[str, str]:
    """Makes line ends alike and drops what is empty, so that equal words are equal bytes."""
    cleaned = {
        name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in content.items()
    }
    return {name: text.replace("\x00", "") for name, text in cleaned.items()}


def too_long(content: Content, subject: str) -> tuple[Refusal, ...]:
    """Lists the fields that are longer than any field may be.

    Refuses: OUT_OF_RANGE.
    """
    found = []
    for name, text in content.items():
        most = MOST_OF_TITLE if name == "title" else MOST_OF_FIELD
        if len(text) > most:
            remedy = f"{name} may have {most:,} characters and has {len(text):,}."
            found.append(Refusal(code=Code.OUT_OF_RANGE, subject=subject, remedy=remedy))
    return tuple(found)


def read_amounts(content: Content, units: Mapping[str, DisplayUnit], subject: str) -> Written:
    """Reads the amounts as far as they are numbers; what is not is told and left out."""
    amounts: dict[str, tuple[int, int]] = {}
    faults = []
    for code, unit in units.items():
        pair = []
        for side in (MINIMUM, ASK):
            text = content.get(f"{side}{code}", "").strip()
            try:
                pair.append(parse_quantity(text, unit) if text else 0)
            except NotAQuantity as fault:
                remedy = f"{side}{code} is {fault.what}: {text[:40]!r}. {fault.remedy}."
                faults.append(Refusal(code=Code.OUT_OF_RANGE, subject=subject, remedy=remedy))
        if len(pair) == 2 and any(pair):
            amounts[code] = (pair[0], pair[1])
    return Written(amounts=amounts, faults=tuple(faults))


def check_content(
    content: Content, *, ref: str, area: AreaId, policy: Policy, call: Call
) -> tuple[Refusal, ...]:
    """Lists everything that keeps what is written from being submitted, the most basic first.

    Refuses: INCOMPLETE, NOTHING_ASKED, MINIMUM_ABOVE_ASK, OUT_OF_RANGE, NOT_FOUND.
    """
    units = {str(code): policy.resources[code].unit for code in policy.pool}
    written = read_amounts(content, units, ref)
    draft = Draft(
        ref=ref,
        area=area,
        title=content.get("title", ""),
        question=content.get("question", ""),
        minimum={ResourceCode(code): pair[0] for code, pair in written.amounts.items()},
        ask={ResourceCode(code): pair[1] for code, pair in written.amounts.items()},
        groups=split_names(content.get("groups", "")),
    )
    answers = {
        name.removeprefix(ANSWER): text for name, text in content.items() if name.startswith(ANSWER)
    }
    found = (
        *too_long(content, ref),
        *written.faults,
        *check_draft(draft, policy),
        *check_answers(ref, call.questions, answers),
    )
    return by_precedence(found)


def split_names(text: str) -> tuple[str, ...]:
    """Splits names joined by semicolons, commas or lines; each once."""
    parts = text.replace(",", ";").replace("\n", ";").split(";")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
