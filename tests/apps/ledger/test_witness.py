"""Witnesses: each checkpoint continues all before it, and others than the office say so."""

import pytest
from django.db import DatabaseError, transaction

from apportion.apps.ledger.actions import seal
from apportion.apps.ledger.checkpoints import (
    add_cosignatures,
    best_checkpoint,
    list_checkpoints,
    make_checkpoint,
    newest_checkpoint,
    submission,
)
from apportion.apps.ledger.keys import public_keys, whom_we_trust
from apportion.apps.ledger.models import Checkpoint, Cosignature
from apportion.apps.ledger.queries import tip
from apportion.apps.ledger.receipts import give_receipt
from apportion.core.faults import BadInput
from apportion.core.journal.notes import Submission, cosign, make_key, sign_checkpoint
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_document
from apportion.core.verify.merkle import check_consistency
from apportion.core.verify.notes import LOG_KEY, WITNESS_KEY, parse_checkpoint
from apportion.core.verify.notes import Checkpoint as Told
from apportion.office import cli
from tests.apps.ledger.sealed_books import fill_books
from tests.apps.small_lab import NOW

COUNCIL = make_key(name="council.example", kind=WITNESS_KEY, seed=b"c" * 32)
UNION = make_key(name="union.example", kind=WITNESS_KEY, seed=b"u" * 32)
STRANGER = make_key(name="stranger.example", kind=WITNESS_KEY, seed=b"s" * 32)
STAMP = 1_790_000_000


@pytest.fixture
def signed(db, settings, tmp_path):
    """Books with a checkpoint, and an office that trusts two witnesses of whom one must sign."""
    trust = settings.APPORTION_TRUST_FILE = tmp_path / "trust.txt"
    trust.write_text(
        f"witness council {COUNCIL.key}\nwitness union {UNION.key}\n"
        "group all any council union\nquorum all\n"
    )
    return fill_books(jobs=20)


def line_of(key, asked, last_seen=None):
    return cosign(asked, log=public_keys()[0], last_seen=last_seen, key=key, stamp=STAMP)


def grow(name="r-9"):
    seal("decision", name, b"granted")
    return make_checkpoint(now=NOW)


def refused(lines):
    with pytest.raises(Refused) as told:
        add_cosignatures(lines)
    return told.value.refusals[0].code


def test_every_checkpoint_is_consistent_with_all_earlier_ones(signed):
    for number in range(12):
        grow(f"r-{number}")
    made = list_checkpoints()
    assert len(made) == 14
    for later in made:
        for earlier in made:
            if earlier.size <= later.size:
                asked = submission(old_size=earlier.size, size=later.size)
                check_consistency(
                    old_size=earlier.size,
                    old_root=earlier.root,
                    size=later.size,
                    root=later.root,
                    proof=asked.proof,
                )


def test_signing_twice_at_one_size_gives_the_same_checkpoint(signed):
    assert make_checkpoint(now=NOW) == signed
    assert Checkpoint.objects.filter(size=signed.size).count() == 1


def test_a_checkpoint_is_never_changed(signed):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Checkpoint.objects.update(note="else")


def test_a_cosignature_is_kept_and_goes_with_every_receipt_from_then_on(signed):
    asked = submission(old_size=0)
    add_cosignatures([line_of(COUNCIL, asked)])
    add_cosignatures([line_of(COUNCIL, asked)])  # sent again, it changes nothing
    assert Cosignature.objects.count() == 1
    told = verify_document(give_receipt(seq=3, now=NOW).encode(), trust=whom_we_trust())
    assert told.holds
    assert any("cosigned by the witness council.example" in line for line in told.checked)


def test_a_receipt_stands_on_the_newest_checkpoint_that_enough_witnesses_signed(signed):
    add_cosignatures([line_of(UNION, submission(old_size=0))])
    later = grow()
    assert best_checkpoint(index=3).size == signed.size
    assert best_checkpoint(index=signed.size).size == later.size
    bare = give_receipt(seq=later.size - 1, now=NOW)
    assert "quorum all is not met" in verify_document(bare.encode(), trust=whom_we_trust()).fault


def test_a_line_of_a_stranger_is_refused(signed):
    assert refused([line_of(STRANGER, submission(old_size=0))]) is Code.NOT_ALLOWED


def test_a_line_for_another_root_is_refused(signed):
    office = make_key(name=public_keys()[0].name, kind=LOG_KEY, seed=bytes(range(32)))
    forged = Told(origin=office.name, size=signed.size, root=b"f" * 32)
    asked = Submission(old_size=0, proof=(), note=sign_checkpoint(forged, [office]))
    assert refused([line_of(COUNCIL, asked)]) is Code.NOT_SIGNED
    assert Cosignature.objects.count() == 0


def test_a_line_for_an_older_checkpoint_than_the_witness_signed_is_refused(signed):
    old = submission(old_size=0)
    grow()
    seen = parse_checkpoint(signed.note.text)
    add_cosignatures([line_of(COUNCIL, submission(old_size=signed.size), last_seen=seen)])
    assert refused([line_of(COUNCIL, old)]) is Code.WRONG_STATE


def test_of_several_lines_all_are_kept_or_none(signed):
    asked = submission(old_size=0)
    assert refused([line_of(COUNCIL, asked), line_of(STRANGER, asked)]) is Code.NOT_ALLOWED
    assert Cosignature.objects.count() == 0
    add_cosignatures([line_of(COUNCIL, asked), line_of(UNION, asked)])
    assert len(newest_checkpoint().note.signatures) == 3


def test_no_proof_is_made_from_a_size_that_never_was(signed):
    for old, size in ((signed.size + 1, None), (0, signed.size + 1), (-1, None)):
        with pytest.raises(Refused):
            submission(old_size=old, size=size)


def test_a_file_of_witnesses_with_a_fault_is_told_by_its_line(signed, settings):
    settings.APPORTION_TRUST_FILE.write_text("witness council nonsense\nquorum none\n")
    with pytest.raises(BadInput, match=r"trust\.txt: line 1"):
        whom_we_trust()


def test_a_witness_on_another_machine_signs_with_three_files(signed, settings, tmp_path, capsys):
    secret, seen, asked, line = (tmp_path / name for name in ("key", "seen", "asked", "line"))
    log = str(public_keys()[0])

    def said(*words):
        code = cli.run(["ledger", "witness", *map(str, words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    def signs():
        return said(
            "cosign", "--request", asked, "--previous", seen, "--log", log, "--key", secret,
            "--out", line,
        )  # fmt: skip

    code, key, _ = said("keygen", "tower.example", "--key", secret)
    assert (code, secret.stat().st_mode & 0o777) == (0, 0o600)
    assert said("keygen", "tower.example", "--key", secret)[0] == 2
    settings.APPORTION_TRUST_FILE.write_text(f"witness tower {key}quorum tower\n")
    assert said("request", "--out", asked)[0] == 0
    assert signs()[0] == 0
    assert said("add", line)[0] == 0
    assert signs()[0] == 1  # it saw this size: proof from there is wanted, not from nothing
    later = grow()
    assert said("request", "--old", signed.size, "--out", asked)[0] == 0
    assert signs()[0] == 0
    assert said("add", line)[1].startswith(f"{later.size} leaves: ")
    assert said("list", "-P", "-n", "-o", "name,signed")[1].strip() == f"tower|{tip().size}"
    asked.write_text(asked.read_text().replace("old ", "older "))
    code, _, err = signs()
    assert (code, "not `old` and a size" in err) == (2, True)
    asked.write_bytes(b"\xff")
    assert signs()[0] == 2


def test_checkpoints_are_listed_and_one_is_printed_for_anybody_to_check(signed, tmp_path, capsys):
    out = tmp_path / "checkpoint.txt"
    assert cli.run(["ledger", "checkpoint", "--out", str(out)]) == 0
    assert cli.run(["verify", str(out), "--key", str(public_keys()[0])]) == 0
    assert f"{signed.size} leaves" in capsys.readouterr().out
    assert cli.run(["verify", str(out)]) == 1
    capsys.readouterr()
    assert cli.run(["ledger", "checkpoints", "-P", "-n", "-o", "size"]) == 0
    sizes = capsys.readouterr().out.split()
    assert sizes == [str(row.size) for row in list_checkpoints()]
