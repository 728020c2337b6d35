"""Signs notes: checkpoints by the office, cosignatures by a witness that saw the log only grow.

Source: C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-witness; Ed25519 throughout.
The private key's text is that of Go's golang.org/x/mod/sumdb/note.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apportion.core.verify.facts import Untrue, ensure
from apportion.core.verify.merkle import check_consistency
from apportion.core.verify.notes import (
    HASH_BYTES,
    LOG_KEY,
    WITNESS_KEY,
    Checkpoint,
    Key,
    Note,
    Signature,
    check_signature,
    cosigned_text,
    parse_checkpoint,
    parse_key,
    parse_note,
    read_base64,
    read_number,
)

SEED_BYTES = 32
PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A signer's secret, with the name under which it signs; never printed by accident."""

    name: str
    kind: int
    seed: bytes = field(repr=False)

    @property
    def key(self) -> Key:
        """Gives what checks its signatures."""
        public = self._secret().public_key().public_bytes_raw()
        return Key(name=self.name, kind=self.kind, public=public)

    def write_secret(self) -> str:
        """Writes the secret as one line, for a file that only its owner may read."""
        material = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{PRIVATE}{self.name}+{self.key.id.hex()}+{material}"

    def sign(self, message: bytes) -> bytes:
        """Signs bytes."""
        return self._secret().sign(message)

    def _secret(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a log hands a witness: a checkpoint, and proof that it only grew since an older one."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        hashes = "".join(f"{base64.b64encode(node).decode()}\n" for node in self.proof)
        return f"old {self.old_size}\n{hashes}\n{self.note}"


def make_key(*, name: str, kind: int, seed: bytes) -> SigningKey:
    """Makes a signing key from 32 random bytes; the name must be one that notes can carry.

    Raises: Untrue where it is not.
    """
    made = SigningKey(name=name, kind=kind, seed=seed)
    parse_key(str(made.key))
    return made


def parse_secret(line: str) -> SigningKey:
    """Reads a secret as `write_secret` wrote it.

    Raises: Untrue with what is wrong; the secret is not in the message.
    """
    ensure(line.startswith(PRIVATE), "a signing key starts with PRIVATE+KEY+")
    parts = line.removeprefix(PRIVATE).split("+", 2)
    ensure(len(parts) == 3, "a signing key is PRIVATE+KEY+NAME+ID+KEY")
    name, told_id, material = parts
    raw = read_base64(material, "the signing key")
    ensure(len(raw) == 1 + SEED_BYTES, "the signing key has a wrong length")
    ensure(raw[0] in {LOG_KEY, WITNESS_KEY}, "the signing key is of a kind unknown here")
    made = make_key(name=name, kind=raw[0], seed=raw[1:])
    ensure(made.key.id.hex() == told_id, "the id of the signing key is not that of its key")
    return made


def sign_checkpoint(checkpoint: Checkpoint, keys: Iterable[SigningKey]) -> Note:
    """Signs what the log says of itself, with each key: two stand there while one gives way."""
    text = str(checkpoint)
    return Note(text=text, signatures=tuple(_sign(text, key) for key in keys))


def cosign(
    submission: Submission,
    *,
    log: Key,
    last_seen: Checkpoint | None,
    key: SigningKey,
    stamp: int,
) -> Signature:
    """Signs as a witness that a checkpoint continues the last one that it signed for this log.

    Units: stamp in epoch seconds.

    Raises: Untrue where the log did not sign it, or it does not continue what was seen before.
    """
    ensure(key.kind == WITNESS_KEY, f"{key.name} is not the key of a witness")
    checkpoint = parse_checkpoint(submission.note.text)
    ensure(checkpoint.origin == log.name, f"this is the log {checkpoint.origin}, not {log.name}")
    check_signature(submission.note, log)
    seen_size, seen_root = (last_seen.size, last_seen.root) if last_seen else (0, None)
    if last_seen is not None:
        ensure(last_seen.origin == log.name, f"what was seen last is of {last_seen.origin}")
    ensure(
        submission.old_size == seen_size,
        f"the proof starts at size {submission.old_size}, but size {seen_size} was seen last",
    )
    if seen_root is None:
        ensure(not submission.proof, "a proof stands where there is nothing to prove")
    else:
        check_consistency(
            old_size=seen_size,
            old_root=seen_root,
            size=checkpoint.size,
            root=checkpoint.root,
            proof=submission.proof,
        )
    signed = key.sign(cosigned_text(submission.note.text, stamp))
    return Signature(name=key.name, id=key.key.id, signed=stamp.to_bytes(8) + signed)


def parse_submission(text: str) -> Submission:
    """Reads what `str` of a submission gives: `old`, the proof, an empty line, the checkpoint.

    Raises: Untrue with what is wrong.
    """
    head, gap, rest = text.partition("\n\n")
    ensure(bool(gap), "no empty line parts the proof from the checkpoint")
    first, *hashes = head.split("\n")
    ensure(first.startswith("old "), "the first line is not `old` and a size")
    return Submission(
        old_size=read_number(first.removeprefix("old "), "the old size"),
        proof=tuple(_read_hash(line) for line in hashes),
        note=parse_note(rest),
    )


def merge_signatures(note: Note, lines: Sequence[Signature]) -> Note:
    """Puts further signatures under a note, each once."""
    new = tuple(line for line in dict.fromkeys(lines) if line not in note.signatures)
    return Note(text=note.text, signatures=(*note.signatures, *new))


def _sign(text: str, key: SigningKey) -> Signature:
    if key.kind != LOG_KEY:
        raise Untrue(f"{key.name} is not the key of a log")
    return Signature(name=key.name, id=key.key.id, signed=key.sign(text.encode()))


def _read_hash(line: str) -> bytes:
    node = read_base64(line, "a hash of the proof")
    ensure(len(node) == HASH_BYTES, "a hash of the proof has a wrong length")
    return node
