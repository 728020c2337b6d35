"""Checkpoints: what the journal says of itself at one size, signed, and who else has seen it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from apportion.apps.ledger.actions import lock_tip, seal
from apportion.apps.ledger.keys import journal_name, office_keys, public_keys, read_witnesses
from apportion.apps.ledger.models import Checkpoint as CheckpointRow
from apportion.apps.ledger.models import Cosignature, Record
from apportion.apps.ledger.proofs import stored_subtrees
from apportion.core import journal
from apportion.core.faults import WorldError
from apportion.core.journal.notes import SigningKey, Submission, merge_signatures, sign_checkpoint
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.verify.facts import Untrue
from apportion.core.verify.merkle import check_consistency
from apportion.core.verify.notes import (
    Checkpoint,
    Key,
    Note,
    Signature,
    check_signature,
    find_signers,
    parse_note,
    parse_signature,
)
from apportion.core.windows import from_epoch

KEY = "key"  # the kind of record that seals a signer
LOOKED_BACK = 50  # checkpoints among which a witness's line is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A stored checkpoint with everybody's signatures."""

    size: int
    root: bytes
    note: Note
    made_at: datetime


def make_checkpoint(*, now: datetime) -> Signed:
    """Signs the journal as it stands. Where it was signed at this size, that is given again.

    Inside the transaction that wrote the last leaf it signs that leaf too.

    Raises: WorldError where the journal does not continue what was signed before.
    """
    with transaction.atomic():
        lock_tip()
        keys = office_keys()
        _seal_keys(keys)
        tip = lock_tip()
        found = find_checkpoint(tip.size)
        if found is not None:
            return found
        root = journal.frontier_root(bytes(tip.frontier))
        _check_continues(tip.size, root)
        told = Checkpoint(origin=keys[0].name, size=tip.size, root=root)
        note = sign_checkpoint(told, keys)
        CheckpointRow.objects.create(size=tip.size, root=root, note=str(note), made_at=now)
    return Signed(size=tip.size, root=root, note=note, made_at=now)


def add_cosignatures(lines: Sequence[Signature]) -> list[Signed]:
    """Stores what witnesses wrote under our checkpoints; gives those that they wrote under.

    A line that is there already changes nothing.

    Refuses: NOT_ALLOWED where the signer is no witness of ours, NOT_SIGNED where the line holds
    for no checkpoint of ours, WRONG_STATE where the witness has signed a larger one.
    """
    witnesses = {(key.name, key.id): key for key in read_witnesses().witnesses.values()}
    with transaction.atomic():
        lock_tip()
        return [_add_line(line, witnesses.get((line.name, line.id))) for line in lines]


def submission(*, old_size: int, size: int | None = None) -> Submission:
    """Makes what a witness is handed: a checkpoint, and proof that it continues its last one.

    Refuses: NOT_FOUND where there is no such checkpoint, OUT_OF_RANGE where it is smaller.
    """
    signed = newest_checkpoint() if size is None else find_checkpoint(size)
    if signed is None:
        wanted = "checkpoint" if size is None else f"checkpoint of {size} leaves"
        raise Refused([_refuse(Code.NOT_FOUND, wanted, "Make one: apportion ledger checkpoint.")])
    if not 0 <= old_size <= signed.size:
        remedy = "Give the size that the witness signed last, or 0."
        raise Refused(
            [_refuse(Code.OUT_OF_RANGE, "old size", remedy, old=old_size, new=signed.size)]
        )
    subtrees = stored_subtrees(signed.size)
    proof = journal.prove_consistency(subtrees, old=old_size, size=signed.size)
    return Submission(old_size=old_size, proof=proof, note=signed.note)


def find_checkpoint(size: int) -> Signed | None:
    """Finds the checkpoint of one size."""
    row = CheckpointRow.objects.prefetch_related("cosignatures").filter(size=size).first()
    return _signed(row) if row else None


def newest_checkpoint() -> Signed | None:
    """Finds the checkpoint of the largest size."""
    row = CheckpointRow.objects.prefetch_related("cosignatures").last()
    return _signed(row) if row else None


def best_checkpoint(*, index: int) -> Signed | None:
    """Finds the checkpoint that shows a leaf best: the newest that enough witnesses signed.

    Where none is, the newest; None where none is larger than the leaf's index.
    """
    rows = CheckpointRow.objects.prefetch_related("cosignatures").filter(size__gt=index)
    trust = read_witnesses()
    newest = [_signed(row) for row in rows.order_by("-size")[:LOOKED_BACK]]
    witnesses = tuple(trust.witnesses.values())
    seen = (one for one in newest if trust.is_met(find_signers(one.note, witnesses)))
    return next(seen, newest[0] if newest else None)


def list_checkpoints() -> list[Signed]:
    """Lists all checkpoints, the newest first."""
    rows = CheckpointRow.objects.prefetch_related("cosignatures").order_by("-size")
    return [_signed(row) for row in rows]


def sealed_keys() -> list[str]:
    """Lists every key with which the office ever signed, as the journal has them."""
    return list(Record.objects.filter(kind=KEY).values_list("subject", flat=True))


def cosigned_sizes() -> dict[str, int]:
    """Gives the size of the largest checkpoint that each witness signed, by its name."""
    rows = Cosignature.objects.order_by().values_list("witness").annotate(Max("checkpoint"))
    return dict(rows)


def signers_of(note: Note) -> tuple[Key, ...]:
    """Gives the keys of those who signed: the office's own, and witnesses that it knows."""
    known = (*public_keys(), *read_witnesses().witnesses.values())
    return tuple(find_signers(note, known))


def _seal_keys(keys: Sequence[SigningKey]) -> None:
    """Seals each key before it first signs: whoever trusts the last one finds the next under it."""
    names = [str(key.key) for key in reversed(keys)]
    known = set(sealed_keys())
    for name in names:
        if name not in known:
            seal(KEY, name, name.encode())


def _check_continues(size: int, root: bytes) -> None:
    """A log never signs two pasts: what is signed now must begin with what was signed last."""
    last = newest_checkpoint()
    if last is None:
        return
    try:
        check_consistency(
            old_size=last.size,
            old_root=last.root,
            size=size,
            root=root,
            proof=journal.prove_consistency(stored_subtrees(size), old=last.size, size=size),
        )
    except (Untrue, IndexError) as fault:
        raise WorldError(
            f"the journal does not continue its checkpoint of {last.size} leaves ({fault}); "
            "nothing was signed: apportion ledger audit names the row that was changed",
            retryable=False,
        ) from None


def _add_line(line: Signature, key: Key | None) -> Signed:
    if key is None:
        remedy = f"Add its key to the file of witnesses, or ask one of them ({journal_name()})."
        raise Refused([_refuse(Code.NOT_ALLOWED, f"witness {line.name}", remedy)])
    for signed in map(_signed, CheckpointRow.objects.order_by("-size")[:LOOKED_BACK]):
        try:
            stamp = check_signature(Note(text=signed.note.text, signatures=(line,)), key)
        except Untrue:
            continue
        return _store_line(line, signed, from_epoch(stamp or 0))
    remedy = "Hand it the checkpoint that `apportion ledger witness request` prints."
    raise Refused([_refuse(Code.NOT_SIGNED, f"the line of witness {line.name}", remedy)])


def _store_line(line: Signature, signed: Signed, at: datetime) -> Signed:
    mine = Cosignature.objects.filter(witness=line.name, key_id=line.id)
    last = mine.order_by("-checkpoint").first()
    if last is not None and last.checkpoint_id > signed.size:
        remedy = "Nothing is lost: its later word covers this one."
        numbers = {"signed": signed.size, "signed_before": last.checkpoint_id}
        raise Refused([_refuse(Code.WRONG_STATE, f"witness {line.name}", remedy, **numbers)])
    if last is None or last.checkpoint_id != signed.size:
        Cosignature.objects.create(
            checkpoint_id=signed.size,
            witness=line.name,
            key_id=line.id,
            line=str(line),
            signed_at=at,
        )
    found = find_checkpoint(signed.size)
    return found or signed


def _signed(row: CheckpointRow) -> Signed:
    lines = [parse_signature(own.line.removesuffix("\n")) for own in row.cosignatures.all()]
    note = merge_signatures(parse_note(row.note), lines)
    return Signed(size=row.size, root=bytes(row.root), note=note, made_at=row.made_at)


def _refuse(code: Code, subject: str, remedy: str, **numbers: int | str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy, numbers=numbers)
