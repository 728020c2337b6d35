"""What was written, version by version: how two differ, and how two that were written at once merge.

A version is a flat mapping from fields to the text that stands in them, as it was typed.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Content = Mapping[str, str]
WORDS = re.compile(r"\s+|[^\s]+")
MOST_WORDS = 4_000  # beyond this a field is told as replaced, which costs no search


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text with one fate."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that differs between two versions."""

    field: str
    before: str
    after: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One field that two people, or two tabs, wrote differently from the same version."""

    field: str
    base: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What two versions of one base come to; where they clash, theirs stands."""

    content: dict[str, str]
    clashes: tuple[Clash, ...]


def merge(*, base: Content, theirs: Content, mine: Content) -> Merged:
    """Merges field by field: what only one side changed is taken, what both changed alike is one.

    A field that `mine` does not mention was not on its page, and keeps what `theirs` says.
    """
    content, clashes = dict(theirs), []
    for field, text in mine.items():
        was, now = base.get(field, ""), theirs.get(field, "")
        if text in (now, was):
            continue
        if now == was:
            content[field] = text
        else:
            clashes.append(Clash(field=field, base=was, theirs=now, mine=text))
    return Merged(content=content, clashes=tuple(clashes))


def changes(before: Content, after: Content) -> tuple[Change, ...]:
    """Lists the fields that differ, in the order of the later version."""
    fields = [*after, *(field for field in before if field not in after)]
    return tuple(
        Change(
            field=field,
            before=before.get(field, ""),
            after=after.get(field, ""),
            pieces=compare(before.get(field, ""), after.get(field, "")),
        )
        for field in fields
        if before.get(field, "") != after.get(field, "")
    )


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """Compares two texts word by word."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        whole = (Piece(mark=Mark.GONE, text=before), Piece(mark=Mark.NEW, text=after))
        return tuple(piece for piece in whole if piece.text)
    found: list[Piece] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece(mark=Mark.SAME, text="".join(old[i:j])))
            continue
        if j > i:
            found.append(Piece(mark=Mark.GONE, text="".join(old[i:j])))
        if m > k:
            found.append(Piece(mark=Mark.NEW, text="".join(new[k:m])))
    return tuple(found)
