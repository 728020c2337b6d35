"""One type per kind of thing that has a name, so that they cannot be mixed up."""

import hashlib
import re
from typing import NewType

RequestId = NewType("RequestId", str)
ProjectId = NewType("ProjectId", str)
AreaId = NewType("AreaId", str)
GroupId = NewType("GroupId", str)
ResourceCode = NewType("ResourceCode", str)
PersonId = NewType("PersonId", str)
RoundId = NewType("RoundId", str)
TransferId = NewType("TransferId", bytes)
AccountId = NewType("AccountId", str)

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,119}")
ID_REMEDY = "Write 1 to 120 letters, digits or . _ : @ + - and start with a letter or digit"
EPOCH_MILLISECONDS_BITS = 48


def is_id(text: str) -> bool:
    """Says whether the text may name a thing in files, URLs and accounts."""
    return ID_PATTERN.fullmatch(text) is not None


def transfer_id(event_milliseconds: int, source_key: str) -> TransferId:
    """Makes the 16-byte id of the transfer that a source row causes: time-ordered and repeatable.

    Shape: 48 bits of event time in milliseconds, then 80 bits of SHA-256 of the source key.
    Source: DESIGN.md, Ledger; the same row imported twice gives the same id.
    """
    clamped = min(max(event_milliseconds, 0), 2**EPOCH_MILLISECONDS_BITS - 1)
    digest = hashlib.sha256(source_key.encode()).digest()[:10]
    return TransferId(clamped.to_bytes(6, "big") + digest)
