"""The books as a Beancount or hledger journal, with the balances asserted at its end.

A transfer is one transaction of two postings, in base units, so that every amount is exact.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from apportion.adapters.plaintext.names import name_account, name_unit
from apportion.core.ledger import Key, TransferCode


class Dialect(StrEnum):
    """Whose text it is."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One posted transfer. Units: amount in base units."""

    seq: int
    id: bytes
    on: date
    code: TransferCode
    debit: Key
    credit: Key
    amount: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What must be known before the first entry is written.

    Shape: `opened` holds each account with the day of its first entry; `balances` what the
        chosen accounts come to after the last, asserted on the day after `last_on`.
    """

    title: str
    opened: Mapping[Key, date]
    balances: Mapping[Key, int]
    last_on: date | None


def render_books(dialect: Dialect, outline: Outline, entries: Iterable[Entry]) -> Iterator[str]:
    """Writes the journal line by line, so that books of any size can be written."""
    head, write, check = DIALECTS[dialect]
    yield from head(outline)
    for entry in entries:
        yield from write(entry)
    yield from check(outline)


def _beancount_head(outline: Outline) -> Iterator[str]:
    yield f'option "title" {_quote(outline.title)}'
    yield ""
    for key, on in sorted(outline.opened.items()):
        yield f"{on.isoformat()} open {_place(key)}"
    yield ""


def _beancount_entry(entry: Entry) -> Iterator[str]:
    yield f"{entry.on.isoformat()} * {_quote(entry.code.value)} {_quote(entry.note)}"
    yield f"  seq: {entry.seq}"
    yield f'  id: "{entry.id.hex()}"'
    for key, amount in _postings(entry):
        yield f"  {_place(key)}  {amount} {name_unit(key.unit)}"
    yield ""


def _beancount_check(outline: Outline) -> Iterator[str]:
    if outline.last_on is None:
        return
    morning = outline.last_on + timedelta(days=1)  # Beancount asserts before the day's entries
    for key, balance in sorted(outline.balances.items()):
        unit = name_unit(key.unit)
        yield f"{morning.isoformat()} balance {_place(key)}  {balance} {unit}"


def _hledger_head(outline: Outline) -> Iterator[str]:
    yield f"; {_line(outline.title)}"
    yield ""
    for unit in sorted({name_unit(key.unit) for key in outline.opened}):
        yield f'commodity 1000. "{unit}"'
    for account in sorted({_place(key) for key in outline.opened}):
        yield f"account {account}"
    yield ""


def _hledger_entry(entry: Entry) -> Iterator[str]:
    note = _line(entry.note).replace(";", ",").replace("|", "/")  # both end a description
    words = f"{entry.code.value} | {note}" if note else entry.code.value
    yield f"{entry.on.isoformat()} * {words}  ; seq:{entry.seq}, id:{entry.id.hex()}"
    for key, amount in _postings(entry):
        yield f'    {_place(key)}  {amount} "{name_unit(key.unit)}"'
    yield ""


def _hledger_check(outline: Outline) -> Iterator[str]:
    if outline.last_on is None or not outline.balances:
        return
    yield f"{outline.last_on.isoformat()} * balances"
    for key, balance in sorted(outline.balances.items()):
        unit = name_unit(key.unit)
        yield f'    {_place(key)}  0 "{unit}" = {balance} "{unit}"'


Head = Callable[[Outline], Iterator[str]]
Write = Callable[[Entry], Iterator[str]]
DIALECTS: dict[Dialect, tuple[Head, Write, Head]] = {
    Dialect.BEANCOUNT: (_beancount_head, _beancount_entry, _beancount_check),
    Dialect.HLEDGER: (_hledger_head, _hledger_entry, _hledger_check),
}


def _postings(entry: Entry) -> tuple[tuple[Key, int], tuple[Key, int]]:
    return (entry.credit, entry.amount), (entry.debit, -entry.amount)


def _place(key: Key) -> str:
    """Names the account with its unit, since each account of ours counts one."""
    return f"{name_account(key)}:{name_unit(key.unit).replace('.', '-')}"


def _quote(text: str) -> str:
    escaped = _line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
