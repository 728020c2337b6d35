"""Signed notes, checkpoints and cosignatures: what one key signed, every reader of C2SP can check."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apportion.core import journal
from apportion.core.journal import notes
from apportion.core.verify.facts import Untrue
from apportion.core.verify.notes import (
    LOG_KEY,
    WITNESS_KEY,
    Checkpoint,
    Note,
    check_signature,
    find_signers,
    parse_checkpoint,
    parse_key,
    parse_note,
    parse_signature,
)

# Source: the example in the documentation of golang.org/x/mod/sumdb/note.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
OFFICE = notes.make_key(name="lab.example/journal", kind=LOG_KEY, seed=b"o" * 32)
OTHER = notes.make_key(name="lab.example/journal", kind=LOG_KEY, seed=b"x" * 32)
COUNCIL = notes.make_key(name="council.example", kind=WITNESS_KEY, seed=b"c" * 32)
LEAVES = [journal.hash_leaf(bytes([n])) for n in range(60)]
SUBTREES = journal.subtrees_of(LEAVES)
AT = 1_790_000_000


def checkpoint(size, subtrees=SUBTREES):
    return Checkpoint(origin=OFFICE.name, size=size, root=journal.root_at(subtrees, size))


def submission(old, size, *, subtrees=SUBTREES, key=OFFICE):
    return notes.Submission(
        old_size=old,
        proof=journal.prove_consistency(subtrees, old=old, size=size),
        note=notes.sign_checkpoint(checkpoint(size, subtrees), [key]),
    )


def cosign(given, last_seen=None, **changes):
    arguments = {"log": OFFICE.key, "last_seen": last_seen, "key": COUNCIL, "stamp": AT}
    return notes.cosign(given, **arguments | changes)


def read_checkpoint(text):
    note = parse_note(text)
    check_signature(note, OFFICE.key)
    return parse_checkpoint(note.text)


def test_the_published_note_holds():
    note = parse_note(PUBLISHED_NOTE)
    assert check_signature(note, parse_key(PUBLISHED_KEY)) is None
    assert str(note) == PUBLISHED_NOTE
    assert str(parse_key(PUBLISHED_KEY)) == PUBLISHED_KEY


def test_a_published_key_has_the_id_that_it_says():
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert parse_key(text).id.hex() == "033de0ae"


@settings(max_examples=60)
@given(st.data())
def test_a_checkpoint_with_any_character_changed_is_not_signed(data):
    text = str(notes.sign_checkpoint(checkpoint(40), [OFFICE]))
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.characters(codec="utf-8"))
    assume(put != text[at])
    with pytest.raises(Untrue):
        read_checkpoint(text[:at] + put + text[at + 1 :])


def test_a_checkpoint_reads_back_as_it_was_written():
    note = notes.sign_checkpoint(checkpoint(40), [OFFICE])
    assert parse_note(str(note)) == note
    assert parse_checkpoint(note.text) == checkpoint(40)
    assert check_signature(note, OFFICE.key) is None


def test_a_checkpoint_signed_by_another_key_of_the_same_name_is_refused():
    note = notes.sign_checkpoint(checkpoint(40), [OTHER])
    with pytest.raises(Untrue, match=r"no signature of lab\.example/journal"):
        check_signature(note, OFFICE.key)


def test_while_a_key_gives_way_both_sign_and_a_reader_of_either_is_content():
    note = notes.sign_checkpoint(checkpoint(40), [OFFICE, OTHER])
    assert set(find_signers(note, [OFFICE.key, OTHER.key])) == {OFFICE.key, OTHER.key}


def test_signatures_of_unknown_keys_are_passed_over():
    note = notes.sign_checkpoint(checkpoint(40), [OFFICE, OTHER])
    assert find_signers(note, [OFFICE.key, COUNCIL.key]) == {OFFICE.key: None}


def test_a_line_of_a_known_key_that_does_not_hold_spoils_the_note():
    true = notes.sign_checkpoint(checkpoint(40), [OFFICE])
    false = notes.sign_checkpoint(checkpoint(41), [OFFICE])
    both = Note(text=true.text, signatures=true.signatures + false.signatures)
    with pytest.raises(Untrue, match="does not hold"):
        check_signature(both, OFFICE.key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n\n",
        "a\n\nb\n",
        "\n\n— a AAAAAAA=\n",
        "a\n\n— a AAAAAAA=",
        "a\n\n— a+b AAAAAAA=\n",
        "a\n\n— a AAAA\n",
        "a\n\n— a AAAAAAB=\n",
        "a\t\n\n— a AAAAAAA=\n",
        "a\r\n\n— a AAAAAAA=\n",
        "a\n\n" + "— a AAAAAAA=\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(text):
    with pytest.raises(Untrue):
        parse_note(text)


@pytest.mark.parametrize("size", ["-1", "01", "1e3", "", "9223372036854775808", "\u0661"])
def test_a_size_that_is_not_a_plain_decimal_is_refused(size):
    with pytest.raises(Untrue):
        parse_checkpoint(f"o\n{size}\n{'A' * 43}=\n")


def test_a_secret_reads_back_and_never_shows_itself():
    assert notes.parse_secret(OFFICE.write_secret()) == OFFICE
    assert "oooo" not in repr(OFFICE)
    secret = OFFICE.write_secret()
    with pytest.raises(Untrue) as told:
        notes.parse_secret(secret[:-5] + "AAAA=")
    assert secret.rpartition("+")[2][:8] not in str(told.value)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b"])
def test_a_name_that_a_note_cannot_carry_is_refused(name):
    with pytest.raises(Untrue):
        notes.make_key(name=name, kind=LOG_KEY, seed=b"o" * 32)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_witness_signs_what_only_grew_and_its_signature_holds(old, size):
    old, size = min(old, size), max(old, size)
    given_text = str(submission(old, size))
    line = cosign(notes.parse_submission(given_text), last_seen=checkpoint(old) if old else None)
    note = notes.merge_signatures(
        submission(old, size).note, [line, parse_signature(str(line)[:-1])]
    )
    assert len(note.signatures) == 2
    assert check_signature(parse_note(str(note)), COUNCIL.key) == AT


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_witness_never_signs_two_pasts(old, size, data):
    old, size = min(old, size), max(old, size)
    at = data.draw(st.integers(0, old - 1))
    forked = journal.subtrees_of([*LEAVES[:at], journal.hash_leaf(b"forged"), *LEAVES[at + 1 :]])
    with pytest.raises(Untrue):
        cosign(submission(old, size, subtrees=forked), last_seen=checkpoint(old))


def test_a_witness_refuses_a_log_that_went_back():
    with pytest.raises(Untrue, match="size 50 was seen last"):
        cosign(submission(30, 40), last_seen=checkpoint(50))
    lying = notes.Submission(old_size=50, proof=(), note=submission(0, 40).note)
    with pytest.raises(Untrue, match="cannot have had 50"):
        cosign(lying, last_seen=checkpoint(50))


def test_a_witness_refuses_another_log_another_key_and_a_key_that_is_none_of_a_witness():
    with pytest.raises(Untrue, match="no signature"):
        cosign(submission(0, 40, key=OTHER))
    elsewhere = notes.make_key(name="elsewhere", kind=LOG_KEY, seed=b"o" * 32)
    with pytest.raises(Untrue, match="not elsewhere"):
        cosign(submission(0, 40), log=elsewhere.key)
    with pytest.raises(Untrue, match="not the key of a witness"):
        cosign(submission(0, 40), key=OFFICE)
    with pytest.raises(Untrue, match="not the key of a log"):
        notes.sign_checkpoint(checkpoint(3), [COUNCIL])


def test_a_cosignature_holds_for_its_time_alone():
    line = cosign(submission(0, 40))
    later = notes.Signature(
        name=line.name, id=line.id, signed=(AT + 1).to_bytes(8) + line.signed[8:]
    )
    note = notes.merge_signatures(submission(0, 40).note, [later])
    with pytest.raises(Untrue, match="does not hold"):
        check_signature(note, COUNCIL.key)
