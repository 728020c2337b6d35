"""Letters to applicants: a site's own words with placeholders, filled in as plain text.

A template names what it wants in braces. Only the names below exist and nothing in them is run, so
that whoever may edit a template can neither read what is not the applicant's nor break a page.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from apportion.core.faults import Fault

PLACE = re.compile(r"\{([^{}\n]*)\}")
LONGEST_BODY = 10_000
LONGEST_SUBJECT = 200


class LetterKind(StrEnum):
    """What a letter tells."""

    AWARD = "award"
    CUT = "cut"
    NOT_YET = "not_yet"


PLACES: dict[str, str] = {
    "name": "the person written to",
    "request": "the reference of the request",
    "title": "its title",
    "project": "the project",
    "round": "the round",
    "asked": "what was asked, with its unit",
    "minimum": "the smallest useful amount",
    "granted": "what is granted",
    "reasons": "why, each on a line",
    "ways": "the nearest ways in, each on a line",
    "board": "what the board wrote of this request, if anything",
    "starts": "the day on which credits start",
    "ends": "the day on which they end",
    "appeal_until": "the last day for an appeal",
    "lab": "the lab's name",
}
# What a letter of a kind may not leave out: nobody is told no without why and what would change it.
OWED: dict[LetterKind, tuple[str, ...]] = {
    LetterKind.AWARD: ("granted",),
    LetterKind.CUT: ("granted", "reasons", "ways", "appeal_until"),
    LetterKind.NOT_YET: ("reasons", "ways", "appeal_until"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The words of one kind of letter."""

    kind: LetterKind
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter filled in."""

    subject: str
    body: str


FIRST: dict[LetterKind, Template] = {
    LetterKind.AWARD: Template(
        kind=LetterKind.AWARD,
        subject="{title}: granted in full",
        body="""Dear {name},

{round} grants {title} ({request}) {granted}, all that it asked for. The credits stand in the \
account of {project} from {starts} to {ends}.

{board}

{lab}
""",
    ),
    LetterKind.CUT: Template(
        kind=LetterKind.CUT,
        subject="{title}: granted in part",
        body="""Dear {name},

{round} grants {title} ({request}) {granted} of the {asked} that it asked for, and not less than the \
{minimum} that you called the smallest useful amount. The credits stand in the account of {project} \
from {starts} to {ends}.

Why not all of it:
{reasons}

What would bring the rest:
{ways}

{board}

You may appeal until {appeal_until}; other people than those who decided will decide about it.

{lab}
""",
    ),
    LetterKind.NOT_YET: Template(
        kind=LetterKind.NOT_YET,
        subject="{title}: not yet",
        body="""Dear {name},

{round} has not found room for {title} ({request}) yet. It asked for {asked}, and at least {minimum}.

Why:
{reasons}

The nearest ways in:
{ways}

{board}

Your draft is kept as you wrote it and can be filed again in the next round. You may appeal until \
{appeal_until}; other people than those who decided will decide about it.

{lab}
""",
    ),
}


def fill_in(template: Template, facts: Mapping[str, str]) -> Written:
    """Fills a template in. What a fact says is text: braces in it stay braces.

    Raises: KeyError where a fact is missing, which `check_template` and the caller prevent.
    """

    def put(found: re.Match[str]) -> str:
        return facts[found[1]]

    subject = " ".join(PLACE.sub(put, template.subject).split())
    body = PLACE.sub(put, template.body)
    return Written(subject=subject, body=re.sub(r"\n{3,}", "\n\n", body).strip() + "\n")


def check_template(template: Template) -> tuple[Fault, ...]:
    """Lists everything that is wrong with a template."""
    return tuple(_faults(template))


def _faults(template: Template) -> Iterator[Fault]:
    for field, text, longest in (
        ("subject", template.subject, LONGEST_SUBJECT),
        ("body", template.body, LONGEST_BODY),
    ):
        if not text.strip():
            yield _fault(template, field, "is empty", "Write something")
        if len(text) > longest:
            yield _fault(template, field, "is too long", f"Use at most {longest} characters")
        for name in dict.fromkeys(PLACE.findall(text)):
            if name not in PLACES:
                remedy = f"Use one of {', '.join(PLACES)}"
                yield _fault(template, field, "no such placeholder", remedy, name)
        rest = PLACE.sub("", text)
        if "{" in rest or "}" in rest:
            yield _fault(template, field, "a brace stands alone", "Write {name} or no brace")
    for name in OWED[template.kind]:
        if name not in PLACE.findall(template.body):
            remedy = f"Put {{{name}}} into it: {PLACES[name]}"
            yield _fault(template, "body", "leaves out what it must tell", remedy, name)


def _fault(
    template: Template, field: str, what: str, remedy: str, value: str | None = None
) -> Fault:
    return Fault(
        file=f"letter {template.kind.value}", field=field, what=what, remedy=remedy, value=value
    )
