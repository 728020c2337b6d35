"""Reads signed notes, the checkpoints that they hold and the keys that sign them; checks signatures.

Every reader is strict: one text has one meaning, so that no character can be changed unseen.

Source: C2SP signed-note, tlog-checkpoint and tlog-cosignature (Ed25519).
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from apportion.core.verify.ed25519 import KEY_BYTES, SIGNATURE_BYTES, is_signed
from apportion.core.verify.facts import Untrue, ensure

LOG_KEY, WITNESS_KEY = 1, 4  # the signature types: of a note itself, and timestamped by a witness
ID_BYTES, STAMP_BYTES = 4, 8
HASH_BYTES = 32
MOST_SIGNATURES = 64
LARGEST_NUMBER = 2**63 - 1
SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
LEAST_LINES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What checks the signatures of one signer. Shape: id is four bytes, public is 32."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Gives the first bytes of a hash over name, kind and key, which signatures repeat."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{material}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One line under a note: who is said to have signed, with which key, and the signature."""

    name: str
    id: bytes
    signed: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.id + self.signed).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text with the lines of those who signed it. Shape: the text ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself at one size."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_key(text: str) -> Key:
    """Reads a verifier key: name, the id in hexadecimal and the key in base64, joined by plus.

    Raises: Untrue with what is wrong.
    """
    parts = text.split("+", 2)
    ensure(len(parts) == 3, "a key is NAME+ID+KEY, joined by plus signs")
    name, told_id, material = parts
    _check_name(name)
    raw = read_base64(material, "a key")
    ensure(len(raw) == 1 + KEY_BYTES, f"the key of {name} has a wrong length")
    ensure(raw[0] in {LOG_KEY, WITNESS_KEY}, f"the key of {name} is of a kind unknown here")
    key = Key(name=name, kind=raw[0], public=raw[1:])
    ensure(told_id == key.id.hex(), f"the id of the key of {name} is not that of its name and key")
    return key


def parse_note(text: str) -> Note:
    """Reads a note and the lines under it; checks no signature yet.

    Raises: Untrue with what is wrong.
    """
    ensure(not CONTROL.search(text), "a control character stands in the note")
    body, gap, tail = text.rpartition("\n\n")
    ensure(bool(gap and body and tail), "no empty line parts the note from its signatures")
    ensure(tail.endswith("\n"), "the last signature does not end its line")
    lines = tail.removesuffix("\n").split("\n")
    ensure(len(lines) <= MOST_SIGNATURES, f"there are more than {MOST_SIGNATURES} signatures")
    return Note(text=f"{body}\n", signatures=tuple(map(parse_signature, lines)))


def parse_signature(line: str) -> Signature:
    """Reads one signature line, without its newline.

    Raises: Untrue with what is wrong.
    """
    found = SIGNATURE_LINE.fullmatch(line)
    if found is None:
        raise Untrue("a line under the note is no signature: — NAME BASE64")
    name, encoded = found.groups()
    _check_name(name)
    raw = read_base64(encoded, f"the signature of {name}")
    ensure(len(raw) > ID_BYTES, f"the signature of {name} is too short")
    return Signature(name=name, id=raw[:ID_BYTES], signed=raw[ID_BYTES:])


def parse_checkpoint(text: str) -> Checkpoint:
    """Reads the text of a checkpoint: origin, size and root, and extension lines after them.

    Raises: Untrue with what is wrong.
    """
    ensure(text.endswith("\n"), "the checkpoint does not end its last line")
    lines = text.removesuffix("\n").split("\n")
    ensure(len(lines) >= LEAST_LINES and all(lines), "a checkpoint is origin, size and root")
    root = read_base64(lines[2], "the root")
    ensure(len(root) == HASH_BYTES, "the root has a wrong length")
    return Checkpoint(origin=lines[0], size=read_number(lines[1], "the size"), root=root)


def check_signature(note: Note, key: Key) -> int | None:
    """Checks that a key signed a note; gives the time of a witness's cosignature in epoch seconds.

    A line of the key that does not verify is a fault even where another would.

    Raises: Untrue where it did not.
    """
    mine = [line for line in note.signatures if (line.name, line.id) == (key.name, key.id)]
    ensure(bool(mine), f"no signature of {key.name} ({key.id.hex()}) stands under the note")
    stamps = [_check_line(note.text, line, key) for line in mine]
    return stamps[0]


def find_signers(note: Note, keys: Sequence[Key]) -> dict[Key, int | None]:
    """Lists which of these keys signed a note, with the time of each cosignature.

    Lines of other keys are passed over, as the format demands.

    Raises: Untrue where the line of one of these keys does not verify.
    """
    lines = {(line.name, line.id) for line in note.signatures}
    return {key: check_signature(note, key) for key in keys if (key.name, key.id) in lines}


def cosigned_text(text: str, stamp: int) -> bytes:
    """Gives what a witness signs: that it saw this checkpoint at this time, in epoch seconds."""
    return f"cosignature/v1\ntime {stamp}\n{text}".encode()


def read_base64(text: str, what: str) -> bytes:
    """Reads base64 that is written in its one way.

    Raises: Untrue otherwise.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Untrue(f"{what} is not base64") from None
    ensure(base64.b64encode(raw).decode() == text, f"{what} is not base64 as it is written")
    return raw


def read_number(text: str, what: str) -> int:
    """Reads a decimal without a leading zero, below 2**63.

    Raises: Untrue otherwise.
    """
    ensure(bool(DECIMAL.fullmatch(text)), f"{what} is not a whole number")
    number = int(text)
    ensure(number <= LARGEST_NUMBER, f"{what} is too large")
    return number


def _check_line(text: str, line: Signature, key: Key) -> int | None:
    signed, stamp, message = line.signed, None, text.encode()
    if key.kind == WITNESS_KEY:
        ensure(len(signed) == STAMP_BYTES + SIGNATURE_BYTES, f"{key.name} signed no time")
        stamp = int.from_bytes(signed[:STAMP_BYTES])
        ensure(stamp <= LARGEST_NUMBER, f"the time of {key.name} is too large")
        signed, message = signed[STAMP_BYTES:], cosigned_text(text, stamp)
    holds = is_signed(public=key.public, message=message, signature=signed)
    ensure(holds, f"the signature of {key.name} does not hold")
    return stamp


def _check_name(name: str) -> None:
    good = bool(name) and "+" not in name and not any(mark.isspace() for mark in name)
    ensure(good, "the name of a key is empty or holds a space or a plus sign")
