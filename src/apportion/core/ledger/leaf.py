"""What the journal seals of the books: leaves of fixed width.

A leaf is recomputed from its row, so it is never stored. Free text stands in it as a commitment
alone, so that the text can be erased and every proof still holds.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from apportion.core.ledger.accounts import Key

VERSION = 1
NO_ID = bytes(16)
# version, code, leg, debit, credit | seq, amount, effective, recorded, expires | id, about, words
TRANSFER = struct.Struct(">BBHIIqqqqq16s16s32s")
TRANSFER_BYTES = TRANSFER.size
ACCOUNT_HEAD = struct.Struct(">BI?q")
TEXT_HEAD = struct.Struct(">H")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLeaf:
    """All that the journal says of one transfer.

    Units: amount in base units; instants in epoch microseconds. `debit` and `credit` are numbers
    of accounts, whose opening is sealed before. `words` commits to who posted it and why.
    """

    seq: int
    id: bytes
    leg: int
    code: int
    debit: int
    credit: int
    amount: int
    effective_us: int
    recorded_us: int
    expires_us: int
    about: bytes  # 16 zero bytes where it is about no other transfer
    words: bytes

    def pack(self) -> bytes:
        """Writes the leaf."""
        return TRANSFER.pack(
            VERSION,
            self.code,
            self.leg,
            self.debit,
            self.credit,
            self.seq,
            self.amount,
            self.effective_us,
            self.recorded_us,
            self.expires_us,
            self.id,
            self.about,
            self.words,
        )


def unpack_transfer(leaf: bytes) -> TransferLeaf:
    """Reads a leaf back.

    Raises: ValueError where it is none of a transfer.
    """
    if len(leaf) != TRANSFER_BYTES or leaf[0] != VERSION:
        raise ValueError(f"not a transfer of version {VERSION}: {len(leaf)} bytes")
    _, code, leg, debit, credit, seq, amount, effective, recorded, expires, this, about, words = (
        TRANSFER.unpack(leaf)
    )
    return TransferLeaf(
        seq=seq,
        id=this,
        leg=leg,
        code=code,
        debit=debit,
        credit=credit,
        amount=amount,
        effective_us=effective,
        recorded_us=recorded,
        expires_us=expires,
        about=about,
        words=words,
    )


def pack_account(*, number: int, key: Key, floor: int | None) -> bytes:
    """Writes the record that seals the opening of an account: what its number stands for."""
    head = ACCOUNT_HEAD.pack(VERSION, number, floor is not None, floor or 0)
    return b"account" + head + _pack_texts(str(part) for part in key)


def pack_closing(*, number: int, closed_us: int) -> bytes:
    """Writes the record that seals the closing of an account."""
    return b"closing" + struct.pack(">BIq", VERSION, number, closed_us)


def join_words(posting: bytes, note: bytes | None) -> bytes:
    """Joins the commitments of a posting and of a transfer's own note to the leaf's `words`."""
    return posting if note is None else hashlib.sha256(posting + note).digest()


def _pack_texts(texts: Iterable[str]) -> bytes:
    encoded = [text.encode() for text in texts]
    return b"".join(TEXT_HEAD.pack(len(text)) + text for text in encoded)
