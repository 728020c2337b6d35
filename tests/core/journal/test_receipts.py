"""A receipt shows offline what was sealed, and one changed character anywhere is found."""

import base64
import json
import struct

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apportion.core import journal
from apportion.core.journal import notes, receipts
from apportion.core.journal.commitments import commit_text
from apportion.core.verify import verify_document
from apportion.core.verify.notes import LOG_KEY, WITNESS_KEY, Checkpoint
from apportion.core.verify.trust import Trust

OFFICE = notes.make_key(name="lab.example/journal", kind=LOG_KEY, seed=b"o" * 32)
OTHER = notes.make_key(name="lab.example/journal", kind=LOG_KEY, seed=b"x" * 32)
COUNCIL = notes.make_key(name="council.example", kind=WITNESS_KEY, seed=b"c" * 32)
SALT = b"s" * 32
POSTING = commit_text(salt=SALT, text="ada\nr-1 granted")
GRANT = 2


def named(words):
    return struct.pack(">H", len(words)) + words.encode()


def opening(number, kind, owner):
    head = struct.pack(">BI?q", 1, number, True, 0)
    return b"account" + head + named(kind) + named(owner) + named("gpu:h100")


def transfer(seq, *, words=POSTING, amount=3600):
    at = 1_790_000_000_000_000
    head = struct.pack(">BBHIIqqqqq", 1, GRANT, 0, 1, 2, seq, amount, at, at + 1, 0)
    return head + b"i" * 16 + bytes(16) + words


RECORDS = [
    opening(1, "pool", "2026-W1"),
    b'{"outcome": "full"}',
    opening(2, "project", "depth-recurrent"),
    *(transfer(seq) for seq in range(3, 20)),
]
SUBTREES = journal.subtrees_of([journal.hash_leaf(record) for record in RECORDS])
SIZE = len(RECORDS)
NOTE = notes.sign_checkpoint(
    Checkpoint(origin=OFFICE.name, size=SIZE, root=journal.root_at(SUBTREES, SIZE)), [OFFICE]
)
COSIGNED = notes.merge_signatures(
    NOTE,
    [
        notes.cosign(
            notes.Submission(old_size=0, proof=(), note=NOTE),
            log=OFFICE.key,
            last_seen=None,
            key=COUNCIL,
            stamp=1_790_000_100,
        )
    ],
)
WORDS = receipts.Words(commitment=POSTING, salt=SALT, text="ada\nr-1 granted")
TRUSTED = Trust(logs=(OFFICE.key,))
WITNESSED = Trust(logs=(OFFICE.key,), witnesses={"council": COUNCIL.key}, quorum="council")


def place(index):
    path = journal.prove_inclusion(SUBTREES, index=index, size=SIZE)
    return receipts.Place(index=index, path=path)


OPENINGS = tuple(receipts.Opening(record=RECORDS[index], place=place(index)) for index in (0, 2))


def receipt(index=7, *, posting=WORDS, openings=OPENINGS, note=COSIGNED, **changes):
    given = {
        "leaf": RECORDS[index],
        "place": place(index),
        "evidence": receipts.Evidence(openings=openings, posting=posting),
        "note": note,
        "signers": [OFFICE.key, COUNCIL.key][: len(note.signatures)],
    }
    return receipts.write_transfer_receipt(**given | changes)


def check(written, trust=TRUSTED):
    return verify_document(written.encode(), trust=trust)


def fault(written, trust=TRUSTED):
    verdict = check(written, trust)
    assert not verdict.holds
    return verdict.fault


def respell(written, change):
    """Writes a receipt anew after a change to its extra line, well-formed but for the lie."""
    lines = written.split("\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
    change(extra)
    spelt = json.dumps(extra, sort_keys=True, separators=(",", ":")).encode()
    return "\n".join([lines[0], f"extra {base64.b64encode(spelt).decode()}", *lines[2:]])


def test_a_receipt_tells_in_words_what_its_leaf_says():
    verdict = check(receipt())
    assert verdict.holds, verdict.fault
    told = " · ".join(verdict.checked)
    assert "grant of 3600 base units of gpu:h100 from pool 2026-W1 to project depth-rec" in told
    assert "'ada', 'r-1 granted'" in told
    assert "leaf 7 of 20" in told
    assert "cosigned by the witness council.example at 2026-09-21" in told


def test_a_receipt_without_a_trusted_key_says_that_the_key_is_its_own_word():
    verdict = check(receipt(), trust=None)
    assert verdict.holds
    assert f"compare it with the office's: {OFFICE.key}" in verdict.checked[-1]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_receipt_with_any_one_character_changed_is_refused_and_the_fault_is_named(data):
    written = receipt()
    at = data.draw(st.integers(0, len(written) - 1))
    put = data.draw(st.characters(min_codepoint=32, max_codepoint=126) | st.characters())
    assume(put != written[at])
    assume(not "\ud800" <= put <= "\udfff")
    for trust in (TRUSTED, None):
        assert fault(written[:at] + put + written[at + 1 :], trust)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_receipt_with_a_character_too_many_or_too_few_is_refused(data):
    written = receipt()
    at = data.draw(st.integers(0, len(written) - 1))
    put = data.draw(st.sampled_from([*"\n \t=A0+—", ""]))
    assume(put or written[:at] + written[at + 1 :] != written)
    assert fault(written[:at] + put + written[at + (not put) :])


def test_a_receipt_signed_by_another_key_of_the_same_name_is_refused():
    note = notes.sign_checkpoint(
        Checkpoint(origin=OFFICE.name, size=SIZE, root=journal.root_at(SUBTREES, SIZE)), [OTHER]
    )
    forged = receipt(note=note, signers=[OTHER.key])
    assert check(forged, trust=None).holds
    assert fault(forged) == "no key that you trust signed for lab.example/journal"
    assert "no signature of lab.example/journal" in fault(receipt(note=note, signers=[OFFICE.key]))


def test_a_receipt_of_another_journal_is_refused():
    elsewhere = Trust(logs=(notes.make_key(name="else", kind=LOG_KEY, seed=b"e" * 32).key,))
    assert "you trust no key of the journal lab.example" in fault(receipt(), elsewhere)


def test_a_receipt_that_too_few_witnesses_signed_is_refused():
    assert check(receipt(), WITNESSED).holds
    assert "the quorum council is not met" in fault(receipt(note=NOTE), WITNESSED)


def test_erased_words_leave_the_receipt_true_and_it_says_so():
    verdict = check(receipt(posting=receipts.Words(commitment=POSTING)))
    assert verdict.holds
    assert any("erased" in line for line in verdict.checked)
    assert "ada" not in receipt(posting=receipts.Words(commitment=POSTING))


def test_other_words_than_those_sealed_are_refused():
    lie = receipts.Words(commitment=POSTING, salt=SALT, text="eve\nr-1 granted")
    assert fault(receipt(posting=lie)) == "the words are not those that were sealed"


@pytest.mark.parametrize(
    ("openings", "told"),
    [
        ((), "the accounts are not those of the transfer"),
        (OPENINGS[:1], "the accounts are not those of the transfer"),
        ((*OPENINGS, OPENINGS[0]), "an account is told twice"),
        (
            (receipts.Opening(record=opening(1, "pool", "eve"), place=place(0)), OPENINGS[1]),
            "the path does not lead from the leaf to the root",
        ),
        (
            (receipts.Opening(record=RECORDS[0], place=place(8)), OPENINGS[1]),
            "pool 2026-W1 was opened after the transfer",
        ),
    ],
)
def test_accounts_that_were_not_opened_so_are_refused(openings, told):
    assert fault(receipt(openings=openings)) == told


def test_another_transfer_under_the_same_proof_is_refused():
    assert "does not lead" in fault(receipt(leaf=transfer(7, amount=7200)))
    assert "does not lead" in fault(receipt(leaf=RECORDS[8], place=place(7)))


def test_a_witness_may_sign_later_and_whoever_does_not_know_it_passes_over_its_line():
    later = receipt(note=NOTE).removesuffix("\n") + f"\n{COSIGNED.signatures[1]}"
    assert check(later).holds
    assert check(later, WITNESSED).holds


@pytest.mark.parametrize(
    "change",
    [
        lambda extra: extra.update(leaf_hash="00" * 32),
        lambda extra: extra.pop("leaf"),
        lambda extra: extra.pop("words"),
        lambda extra: extra.update(more=1),
        lambda extra: extra["signers"].append(extra["signers"][0]),
        lambda extra: extra["signers"].clear(),
        lambda extra: extra.update(leaf=extra["leaf"].upper()),
        lambda extra: extra.update(leaf=None),
        lambda extra: extra["accounts"][0]["path"].append("00" * 32),
        lambda extra: extra["accounts"][0].update(index=-1),
        lambda extra: extra["accounts"][0].update(index=False),
        lambda extra: extra["accounts"][0].update(more=1),
        lambda extra: extra["words"].update(note={"commitment": "00" * 32}),
        lambda extra: extra["words"]["posting"].update(text="ada"),
        lambda extra: extra.update(schema="apportion.receipt/2"),
    ],
)
def test_an_extra_line_that_tells_more_less_or_otherwise_is_refused(change):
    assert fault(respell(receipt(), change))


def test_a_record_is_shown_whole_or_by_its_hash():
    given = {"leaf_hash": journal.hash_leaf(RECORDS[1]), "place": place(1)}
    signed = {"note": NOTE, "signers": [OFFICE.key]}
    whole = receipts.write_record_receipt(record=RECORDS[1], **given, **signed)
    assert 'the record {"outcome": "full"}' in check(whole).checked
    bare = receipts.write_record_receipt(record=None, **given, **signed)
    assert "a record of which the receipt holds the hash alone" in check(bare).checked
    lie = receipts.write_record_receipt(record=b"else", **given, **signed)
    assert "does not lead" in fault(lie)


def test_a_transfer_is_not_passed_off_as_a_bare_record():
    leaf = RECORDS[7]
    given = {"leaf_hash": journal.hash_leaf(leaf), "place": place(7)}
    whole = receipts.write_record_receipt(record=leaf, **given, note=NOTE, signers=[OFFICE.key])
    assert fault(whole) == "a part is missing"


@pytest.mark.parametrize("data", [b"", b"c2sp.org/tlog-proof@v1\n", b"\xff", b"{}", b"\n\n"])
def test_what_is_no_receipt_is_told_and_not_raised(data):
    assert not verify_document(data).holds


def test_a_checkpoint_alone_is_checked_against_the_keys_given():
    assert check(str(COSIGNED)).holds
    assert check(str(COSIGNED), WITNESSED).checked[-1].startswith("cosigned by the witness")
    assert "a checkpoint names no key" in fault(str(COSIGNED), None)
    assert "no key that you trust" in fault(str(COSIGNED), Trust(logs=(OTHER.key,)))
