"""The words of messages: plain text, clean, and never longer than a mailbox takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LONGEST_SUBJECT = 160
LONGEST_BODY = 60_000
MOST = 40  # things that one digest tells one by one
CUT = "[...] The rest stands in the office."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing in a digest."""

    words: str
    path: str
    at: datetime | None = None
    is_late: bool = False


def one_line(text: str, *, longest: int = LONGEST_SUBJECT) -> str:
    """Makes one clean line of a text: no line break, no control sign, no half sign."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    line = " ".join(_whole(kept).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def clean_body(text: str, *, longest: int = LONGEST_BODY) -> str:
    """Keeps line breaks and what can be printed; cuts what is too long, and says so."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    kept = _whole("".join(sign for sign in text if sign == "\n" or sign.isprintable()))
    kept = re.sub(r"\n{4,}", "\n\n\n", kept).strip()
    return kept if len(kept) <= longest else f"{kept[:longest].rstrip()}\n\n{CUT}"


def write_digest(
    *, name: str, lab: str, news: Sequence[Line], waiting: Sequence[Line], site: str
) -> tuple[str, str]:
    """Writes the subject and the body of a day's digest."""
    parts = []
    if news:
        parts.append(f"{len(news)} new")
    if waiting:
        late = sum(one.is_late for one in waiting)
        parts.append(f"{len(waiting)} waiting{f', {late} overdue' if late else ''}")
    subject = one_line(f"{lab}: {', '.join(parts) or 'nothing new'}")
    blocks = [f"Dear {one_line(name)},"]
    blocks += _block("New:", news, site)
    blocks += _block("Waits for you:", waiting, site)
    blocks.append(one_line(lab))
    return subject, clean_body("\n\n".join(blocks)) + "\n"


def _block(title: str, lines: Sequence[Line], site: str) -> list[str]:
    if not lines:
        return []
    told = [_written(one, site) for one in lines[:MOST]]
    if len(lines) > MOST:
        told.append(f"- and {len(lines) - MOST} more")
    return ["\n".join([title, *told])]


def _written(one: Line, site: str) -> str:
    when = f", until {one.at:%Y-%m-%d}{' (overdue)' if one.is_late else ''}" if one.at else ""
    return f"- {one_line(one.words)}{when}" + (f"\n{site}{one.path}" if site and one.path else "")


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
