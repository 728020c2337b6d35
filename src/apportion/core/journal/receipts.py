"""Writes receipts: all that somebody needs to show, offline and years later, what was sealed.

Source: C2SP tlog-proof; its extra line is JSON in one spelling, described in docs/journal.md.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apportion.core.verify.notes import Key, Note
from apportion.core.verify.receipt import MAGIC, SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a leaf stands, and the hashes that lead from it to the root."""

    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The sealed opening of an account: what the number in a transfer's leaf stands for."""

    record: bytes
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Free text under a commitment; without salt the text is gone and the commitment alone left."""

    commitment: bytes
    salt: bytes | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What goes with a transfer's leaf: the accounts that it names, and who posted it and why."""

    openings: tuple[Opening, ...]
    posting: Words
    note: Words | None = None


def write_transfer_receipt(
    *, leaf: bytes, place: Place, evidence: Evidence, note: Note, signers: Sequence[Key]
) -> str:
    """Writes the receipt of a transfer under a signed checkpoint.

    Shape: `leaf` is the leaf itself, not its hash; `signers` are the keys of the note's lines.
    """
    words = {"posting": _words(evidence.posting)}
    if evidence.note is not None:
        words["note"] = _words(evidence.note)
    openings = [
        {
            "index": opening.place.index,
            "path": [node.hex() for node in opening.place.path],
            "record": opening.record.hex(),
        }
        for opening in evidence.openings
    ]
    extra = {"leaf": leaf.hex(), "accounts": openings, "words": words}
    return _write(extra, place=place, note=note, signers=signers)


def write_record_receipt(
    *,
    record: bytes | None,
    leaf_hash: bytes,
    place: Place,
    note: Note,
    signers: Sequence[Key],
) -> str:
    """Writes the receipt of a sealed record, whole where it is at hand, else of its hash alone."""
    extra = {"leaf_hash": leaf_hash.hex()} if record is None else {"leaf": record.hex()}
    return _write(extra, place=place, note=note, signers=signers)


def _words(words: Words) -> dict[str, Any]:
    if words.salt is None:
        return {"commitment": words.commitment.hex()}
    return {"salt": words.salt.hex(), "text": words.text}


def _write(extra: dict[str, Any], *, place: Place, note: Note, signers: Sequence[Key]) -> str:
    whole = extra | {"schema": SCHEMA, "signers": [str(key) for key in signers]}
    spelt = json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()
    lines = [MAGIC, f"extra {_base64(spelt)}", f"index {place.index}", *map(_base64, place.path)]
    return "\n".join(lines) + f"\n\n{note}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
