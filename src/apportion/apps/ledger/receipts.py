"""Receipts of what stands in the journal, and the erasing of words, which leaves them true."""

import json
from datetime import datetime

from django.db import transaction

from apportion.apps.ledger.actions import seal
from apportion.apps.ledger.checkpoints import Signed, best_checkpoint, make_checkpoint, signers_of
from apportion.apps.ledger.leaves import read_transfer_leaf
from apportion.apps.ledger.models import Account, Note, Posting, Record, Transfer
from apportion.apps.ledger.proofs import stored_subtrees
from apportion.apps.ledger.queries import tip
from apportion.apps.ledger.writer import opening_of, posting_text
from apportion.apps.people.queries import Person, demand
from apportion.core import journal
from apportion.core.faults import BadInput, Fault, WorldError
from apportion.core.journal import Subtrees
from apportion.core.journal.receipts import (
    Evidence,
    Opening,
    Place,
    Words,
    write_record_receipt,
    write_transfer_receipt,
)
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.verify.receipt import verify_receipt
from apportion.core.windows import to_epoch_us

Binary = bytes | memoryview  # as the driver reads it
LONGEST_SEQ = 19
ID_DIGITS = 32  # of a transfer's id in hexadecimal


def find_leaf(name: str) -> int:
    """Finds the seq of a transfer by its id or seq, or of a record by KIND:SUBJECT or its seq.

    Of records sealed again under one name the last is meant.

    Refuses: NOT_FOUND.
    """
    if name.isascii() and name.isdecimal() and len(name) <= LONGEST_SEQ:
        seq = int(name)
        found = seq if seq < tip().size else None
    elif len(name) == ID_DIGITS and set(name.lower()) <= set("0123456789abcdef"):
        rows = Transfer.objects.filter(transfer_id=bytes.fromhex(name))
        found = rows.values_list("seq", flat=True).first()
    else:
        kind, _, subject = name.partition(":")
        records = Record.objects.filter(kind=kind, subject=subject).order_by("-seq")
        found = records.values_list("seq", flat=True).first()
    if found is None:
        remedy = "Give a transfer's id or seq, or KIND:SUBJECT of a record, as decision:r-17."
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"{name!r}", remedy=remedy)])
    return found


def give_receipt(*, seq: int, now: datetime, record: bytes | None = None) -> str:
    """Writes the receipt of one leaf under the best checkpoint; signs a new one where none has it.

    `record` is what was sealed, where somebody has it; without it the receipt holds its hash.

    Raises: BadInput where that is not what was sealed; WorldError where the books were changed.
    """
    signed = best_checkpoint(index=seq) or make_checkpoint(now=now)
    subtrees = stored_subtrees(signed.size)
    leaf = read_transfer_leaf(seq)
    if leaf is not None:
        text = _of_transfer(leaf, seq, signed, subtrees)
    else:
        text = _of_record(seq, record, signed, subtrees)
    verdict = verify_receipt(text.encode())
    if not verdict.holds:
        raise WorldError(
            f"the books do not give what was sealed ({verdict.fault}): "
            "apportion ledger audit names the row that was changed",
            retryable=False,
        )
    return text


def erase_words(*, seq: int, posting: bool, by: Person, now: datetime) -> None:
    """Erases the note of a transfer, or who made its whole posting and why; seals that it did.

    What was sealed is a commitment, so every proof still holds.

    Refuses: NOT_ALLOWED, NOT_FOUND, ALREADY_DONE.
    """
    demand(by, "ledger.erase")
    what = "posting" if posting else "note"
    with transaction.atomic():
        # Sealing first takes the lock of all writers, so nobody erases beside us.
        facts = {"schema": "apportion.erasure/1", "of": seq, "what": what, "at": to_epoch_us(now)}
        seal("erasure", str(seq), json.dumps(facts, sort_keys=True).encode())
        there, done = _erase_posting(seq) if posting else _erase_note(seq)
        if not done:
            code = Code.ALREADY_DONE if there else Code.NOT_FOUND
            remedy = "Nothing is left to erase." if there else "It has none; try --posting."
            raise Refused([Refusal(code=code, subject=f"{what} of {seq}", remedy=remedy)])


def _erase_note(seq: int) -> tuple[bool, int]:
    """Says whether there is a note, and how many were erased."""
    rows = Note.objects.filter(seq=seq)
    return rows.exists(), rows.filter(salt__isnull=False).update(text=None, salt=None)


def _erase_posting(seq: int) -> tuple[bool, int]:
    of_transfer = Transfer.objects.filter(seq=seq).values("posting_id")
    rows = Posting.objects.filter(number__in=of_transfer)
    told = rows.filter(salt__isnull=False)
    return rows.exists(), told.update(actor=None, memo=None, salt=None)


def _of_transfer(leaf: bytes, seq: int, signed: Signed, subtrees: Subtrees) -> str:
    row = Transfer.objects.select_related("debit", "credit", "posting").get(seq=seq)
    posting, note = row.posting, Note.objects.filter(seq=seq).first()
    said = posting_text(posting.actor or "", posting.memo or "")
    evidence = Evidence(
        openings=tuple(_opening(account, signed, subtrees) for account in (row.debit, row.credit)),
        posting=_words(posting.commitment, posting.salt, said),
        note=_words(note.commitment, note.salt, note.text or "") if note else None,
    )
    return write_transfer_receipt(
        leaf=leaf,
        place=_place(seq, signed, subtrees),
        evidence=evidence,
        note=signed.note,
        signers=signers_of(signed.note),
    )


def _of_record(seq: int, record: bytes | None, signed: Signed, subtrees: Subtrees) -> str:
    row = Record.objects.get(seq=seq)
    if record is None and row.kind == "account":
        record = opening_of(Account.objects.get(pk=int(row.subject)))
    if record is not None and journal.hash_leaf(record) != bytes(row.hash):
        remedy = "Give the very bytes that were sealed"
        what = f"this is not what was sealed as {row.kind} {row.subject}"
        raise BadInput([Fault(file="--record", what=what, remedy=remedy)])
    return write_record_receipt(
        record=record,
        leaf_hash=bytes(row.hash),
        place=_place(seq, signed, subtrees),
        note=signed.note,
        signers=signers_of(signed.note),
    )


def _opening(account: Account, signed: Signed, subtrees: Subtrees) -> Opening:
    sealed = Record.objects.filter(kind="account", subject=str(account.pk)).get()
    return Opening(record=opening_of(account), place=_place(sealed.seq, signed, subtrees))


def _place(seq: int, signed: Signed, subtrees: Subtrees) -> Place:
    path = journal.prove_inclusion(subtrees, index=seq, size=signed.size)
    return Place(index=seq, path=path)


def _words(commitment: Binary, salt: Binary | None, text: str) -> Words:
    if salt is None:
        return Words(commitment=bytes(commitment))
    return Words(commitment=bytes(commitment), salt=bytes(salt), text=text)
