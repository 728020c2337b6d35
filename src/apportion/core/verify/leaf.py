"""Reads a leaf of the journal: a transfer in its fixed width, or the opening of an account.

Written from the layout in docs/journal.md apart from core.ledger, which packs the leaves.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from apportion.core.verify.facts import ensure

VERSION = 1
TRANSFER = struct.Struct(">BBHIIqqqqq16s16s32s")
ACCOUNT_MARK, ACCOUNT_HEAD, TEXT_HEAD = b"account", struct.Struct(">BI?q"), struct.Struct(">H")
NAME_PARTS = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_ID = bytes(16)
SALT_BYTES = 32
CODES = (  # by number, from 1
    "open",
    "grant",
    "settle",
    "refund",
    "reverse",
    "hold",
    "void",
    "expire",
    "redirect",
    "payback",
    "forfeit",
    "convert",
    "close",
    "late",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFacts:
    """What a leaf says of a transfer; accounts by their numbers.

    Units: amount in base units; instants in epoch microseconds.
    """

    seq: int
    id: bytes
    code: str
    debit: int
    credit: int
    amount: int
    effective_us: int
    recorded_us: int
    expires_us: int
    about: bytes
    words: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What an account's number stands for."""

    number: int
    kind: str
    owner: str
    unit: str

    def __str__(self) -> str:
        return f"{self.kind} {self.owner}"


def read_transfer(leaf: bytes) -> TransferFacts:
    """Reads a transfer.

    Raises: Untrue where the leaf is none.
    """
    ensure(is_transfer(leaf), "the leaf is no transfer of a version known here")
    _, code, _, debit, credit, seq, amount, effective, recorded, expires, this, about, words = (
        TRANSFER.unpack(leaf)
    )
    ensure(1 <= code <= len(CODES), f"no transfer has the code {code}")
    return TransferFacts(
        seq=seq,
        id=this,
        code=CODES[code - 1],
        debit=debit,
        credit=credit,
        amount=amount,
        effective_us=effective,
        recorded_us=recorded,
        expires_us=expires,
        about=about,
        words=words,
    )


def is_transfer(leaf: bytes) -> bool:
    """Says whether a leaf is a transfer; everything else that is sealed starts with a letter or {."""
    return len(leaf) == TRANSFER.size and leaf[0] == VERSION


def is_opening(leaf: bytes) -> bool:
    """Says whether a leaf opens an account; its closing goes on otherwise after the same word."""
    return leaf.startswith(ACCOUNT_MARK + bytes([VERSION]))


def read_account(record: bytes) -> AccountFacts:
    """Reads the opening of an account.

    Raises: Untrue where the record is none.
    """
    ensure(record.startswith(ACCOUNT_MARK), "the record opens no account")
    rest = record.removeprefix(ACCOUNT_MARK)
    ensure(len(rest) >= ACCOUNT_HEAD.size, "the record of an account is cut off")
    version, number, _, _ = ACCOUNT_HEAD.unpack_from(rest)
    ensure(version == VERSION, "the record of an account is of a version unknown here")
    texts, at = [], ACCOUNT_HEAD.size
    while at < len(rest):
        (length,) = TEXT_HEAD.unpack_from(rest, at)
        at += TEXT_HEAD.size
        ensure(at + length <= len(rest), "the record of an account is cut off")
        texts.append(rest[at : at + length].decode())
        at += length
    ensure(len(texts) == NAME_PARTS, "an account has a kind, an owner and a unit")
    kind, owner, unit = texts
    return AccountFacts(number=number, kind=kind, owner=owner, unit=unit)


def commit_text(salt: bytes, text: str) -> bytes:
    """Gives the commitment to a text; a salt of one length keeps the two apart."""
    ensure(len(salt) == SALT_BYTES, "a salt has a wrong length")
    return sha256(salt + text.encode()).digest()


def write_instant(microseconds: int) -> str:
    """Writes epoch microseconds as people read them."""
    at = EPOCH + timedelta(microseconds=microseconds)
    return at.isoformat(sep=" ", timespec="auto").replace("+00:00", " UTC")
