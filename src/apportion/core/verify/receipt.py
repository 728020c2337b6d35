"""Checks a receipt offline: from a leaf to the root, from the root to who signed it.

A receipt is a C2SP tlog-proof. Its extra line holds what the leaf was hashed from, the openings of
the accounts that the leaf names, the words that it commits to, and the keys of its signers. The
format trusts nothing of that line, and neither does this check: each part must lead to the root or
to a signature, and stand there in its one spelling.

Source: C2SP tlog-proof and tlog-checkpoint.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from apportion.core.verify.facts import Untrue, ensure
from apportion.core.verify.leaf import (
    NO_ID,
    AccountFacts,
    TransferFacts,
    commit_text,
    is_opening,
    is_transfer,
    read_account,
    read_transfer,
    write_instant,
)
from apportion.core.verify.merkle import check_inclusion
from apportion.core.verify.notes import (
    LOG_KEY,
    Checkpoint,
    Key,
    Note,
    check_signature,
    find_signers,
    parse_checkpoint,
    parse_key,
    parse_note,
    read_base64,
    read_number,
)
from apportion.core.verify.trust import Trust
from apportion.core.verify.verdict import Verdict, attempt

MAGIC = "c2sp.org/tlog-proof@v1"
SCHEMA = "apportion.receipt/1"
IN_HEXADECIMAL = {"leaf", "leaf_hash", "record", "salt", "commitment"}
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The parts of a receipt, each in its form; nothing is checked yet."""

    extra: dict[str, Any]
    index: int
    path: tuple[bytes, ...]
    note: Note


def is_receipt(data: bytes) -> bool:
    """Says whether a file calls itself a receipt."""
    return data.startswith(f"{MAGIC}\n".encode())


def is_note(data: bytes) -> bool:
    """Says whether a file is a text with signatures under it."""
    return "\n\n\u2014 ".encode() in data


def verify_receipt(data: bytes, *, trust: Trust | None = None) -> Verdict:
    """Checks a receipt against the keys that the reader trusts.

    Without any it is checked against the keys that it names itself, and the verdict says so: they
    are then to be compared with those that the office publishes.
    """
    return attempt(lambda tell: _check(parse_receipt(data.decode()), trust, tell), what=SCHEMA)


def verify_checkpoint(data: bytes, *, trust: Trust | None = None) -> Verdict:
    """Checks that a checkpoint is signed by those whom the reader trusts."""
    return attempt(lambda tell: _check_checkpoint(data.decode(), trust, tell), what="a checkpoint")


def parse_receipt(text: str) -> Receipt:
    """Takes a receipt apart.

    Raises: Untrue with what is wrong.
    """
    head, gap, rest = text.partition("\n\n")
    ensure(bool(gap), "no empty line parts the proof from the checkpoint")
    lines = head.split("\n")
    ensure(lines[0] == MAGIC, f"the first line is not {MAGIC}")
    ensure(len(lines) > 2 and lines[1].startswith("extra "), "the second line is not `extra`")
    ensure(lines[2].startswith("index "), "the third line is not `index`")
    return Receipt(
        extra=_read_extra(lines[1].removeprefix("extra ")),
        index=read_number(lines[2].removeprefix("index "), "the index"),
        path=tuple(read_base64(line, "a hash of the path") for line in lines[3:]),
        note=parse_note(rest),
    )


def _check(receipt: Receipt, trust: Trust | None, tell: Tell) -> None:
    checkpoint = parse_checkpoint(receipt.note.text)
    leaf, told = _read_leaf(receipt)
    check_inclusion(
        leaf=leaf,
        index=receipt.index,
        size=checkpoint.size,
        path=receipt.path,
        root=checkpoint.root,
    )
    _check_facts(receipt, checkpoint, told, tell)
    tell(f"leaf {receipt.index} of {checkpoint.size} in the journal {checkpoint.origin}")
    _check_signers(receipt, checkpoint, trust, tell)


def _check_checkpoint(text: str, trust: Trust | None, tell: Tell) -> None:
    note = parse_note(text)
    checkpoint = parse_checkpoint(note.text)
    tell(f"{checkpoint.origin}: {checkpoint.size} leaves, root {checkpoint.root.hex()}")
    if trust is None:
        raise Untrue("a checkpoint names no key: give the office's with --key")
    check_trust(note, checkpoint, trust)
    for key, stamp in find_signers(note, (*trust.logs, *trust.witnesses.values())).items():
        _tell_signer(key, stamp, tell)


def _read_leaf(receipt: Receipt) -> tuple[bytes, bytes | None]:
    """Gives the leaf's hash, and what it was hashed from where the receipt tells it."""
    extra = receipt.extra
    ensure(("leaf" in extra) != ("leaf_hash" in extra), "the receipt names no leaf, or two")
    if "leaf_hash" in extra:
        return bytes.fromhex(extra["leaf_hash"]), None
    told = bytes.fromhex(extra["leaf"])
    return sha256(b"\x00" + told).digest(), told


def _check_facts(receipt: Receipt, checkpoint: Checkpoint, leaf: bytes | None, tell: Tell) -> None:
    """Says what the leaf means; of a transfer it needs the openings of both accounts."""
    extra = receipt.extra
    known = {"schema", "signers", "leaf", "leaf_hash"}
    if leaf is None or not is_transfer(leaf):
        ensure(extra.keys() <= known, "the receipt tells more than its leaf can show")
        tell("a record of which the receipt holds the hash alone" if leaf is None else _quote(leaf))
        return
    ensure(extra.keys() == known - {"leaf_hash"} | {"accounts", "words"}, "a part is missing")
    facts = read_transfer(leaf)
    ensure(facts.seq == receipt.index, "the transfer is numbered otherwise than its leaf")
    names = _check_accounts(receipt, checkpoint, facts)
    tell(_sentence(facts, names))
    for text in _check_words(extra["words"], facts.words):
        tell(text)


def _check_accounts(
    receipt: Receipt, checkpoint: Checkpoint, facts: TransferFacts
) -> dict[int, AccountFacts]:
    """Each account was opened under this number in the same journal, before the transfer."""
    found: dict[int, AccountFacts] = {}
    for told in receipt.extra["accounts"]:
        ensure(told.keys() == {"index", "path", "record"}, "an account has parts of its own")
        record = bytes.fromhex(told["record"])
        account = read_account(record)
        ensure(type(told["index"]) is int, f"the index of {account} is no number")
        ensure(told["index"] < receipt.index, f"{account} was opened after the transfer")
        check_inclusion(
            leaf=sha256(b"\x00" + record).digest(),
            index=told["index"],
            size=checkpoint.size,
            path=[bytes.fromhex(node) for node in told["path"]],
            root=checkpoint.root,
        )
        found[account.number] = account
    ensure(set(found) == {facts.debit, facts.credit}, "the accounts are not those of the transfer")
    ensure(len(receipt.extra["accounts"]) == len(found), "an account is told twice")
    ensure(
        found[facts.debit].unit == found[facts.credit].unit, "the accounts count different units"
    )
    return found


def _check_words(told: dict[str, Any], sealed: bytes) -> list[str]:
    """The words, or where they were erased their commitments, lead to what the leaf seals."""
    ensure({"posting"} <= told.keys() <= {"posting", "note"}, "the words have other parts")
    words = _commitment(told["posting"])
    if "note" in told:
        words = sha256(words + _commitment(told["note"])).digest()
    ensure(words == sealed, "the words are not those that were sealed")
    shown = [line for part in told.values() for line in part.get("text", "").split("\n") if line]
    erased = any("commitment" in part for part in told.values())
    return [
        *([f"words: {', '.join(map(repr, shown))}"] if shown else []),
        *(["words that were erased; their commitment still holds"] if erased else []),
    ]


def _commitment(part: dict[str, Any]) -> bytes:
    if part.keys() == {"commitment"}:
        return bytes.fromhex(part["commitment"])
    ensure(part.keys() == {"salt", "text"}, "words are a text and its salt, or a commitment")
    return commit_text(bytes.fromhex(part["salt"]), part["text"])


def _check_signers(
    receipt: Receipt, checkpoint: Checkpoint, trust: Trust | None, tell: Tell
) -> None:
    """Every signer that the receipt names has signed, and among them those whom the reader trusts."""
    named = [parse_key(text) for text in receipt.extra["signers"]]
    ensure(len(set(named)) == len(named), "a signer is named twice")
    for key in named:
        _tell_signer(key, check_signature(receipt.note, key), tell)
    own = [key for key in named if key.kind == LOG_KEY and key.name == checkpoint.origin]
    ensure(bool(own), f"the journal {checkpoint.origin} did not sign")
    if trust is None:
        tell(f"the key is the receipt's own word; compare it with the office's: {own[0]}")
        return
    check_trust(receipt.note, checkpoint, trust)
    tell("signed by those whom you trust")


def check_trust(note: Note, checkpoint: Checkpoint, trust: Trust) -> None:
    """A checkpoint is signed by a trusted key of its journal, and by enough witnesses.

    Raises: Untrue where it is not.
    """
    logs = [key for key in trust.logs if key.name == checkpoint.origin]
    ensure(bool(logs), f"you trust no key of the journal {checkpoint.origin}")
    ensure(bool(find_signers(note, logs)), f"no key that you trust signed for {checkpoint.origin}")
    signed = find_signers(note, tuple(trust.witnesses.values()))
    ensure(trust.is_met(signed), f"too few witnesses signed: the quorum {trust.quorum} is not met")


def _tell_signer(key: Key, stamp: int | None, tell: Tell) -> None:
    if stamp is None:
        tell(f"signed by {key.name} ({key.id.hex()})")
    else:
        tell(f"cosigned by the witness {key.name} at {write_instant(stamp * 10**6)}")


def _read_extra(text: str) -> dict[str, Any]:
    raw = read_base64(text, "the extra line")
    extra = json.loads(raw.decode())
    canonical = json.dumps(extra, sort_keys=True, separators=(",", ":"))
    ensure(canonical.encode() == raw, "the extra line is not spelt in its one way")
    if not isinstance(extra, dict) or extra.get("schema") != SCHEMA:
        raise Untrue(f"the extra line is not of {SCHEMA}")
    _check_hexadecimal(extra)
    return extra


def _check_hexadecimal(value: Any) -> None:
    """Bytes have one spelling: no capitals, and no spaces, which `fromhex` would pass over."""
    if isinstance(value, dict):
        for name, part in value.items():
            for text in part if name == "path" else [part] if name in IN_HEXADECIMAL else []:
                ensure(bytes.fromhex(text).hex() == text, f"{name} is not spelt in its one way")
            _check_hexadecimal(part)
    elif isinstance(value, list):
        for part in value:
            _check_hexadecimal(part)


def _sentence(facts: TransferFacts, names: dict[int, AccountFacts]) -> str:
    debit, credit = names[facts.debit], names[facts.credit]
    about = f", about {facts.about.hex()}" if facts.about != NO_ID else ""
    ends = f", until {write_instant(facts.expires_us)}" if facts.expires_us else ""
    return (
        f"{facts.code} of {facts.amount} base units of {debit.unit} from {debit} to {credit}, "
        f"effective {write_instant(facts.effective_us)}, recorded "
        f"{write_instant(facts.recorded_us)}{ends}{about}, id {facts.id.hex()}"
    )


def _quote(leaf: bytes) -> str:
    """Says what a record is: an account's opening, the start of a text, or so many bytes."""
    if is_opening(leaf):
        account = read_account(leaf)
        return f"the opening of account {account.number}: {account}, in {account.unit}"
    try:
        text = leaf.decode()
    except UnicodeDecodeError:
        return f"a record of {len(leaf)} bytes"
    shown = text if text.isprintable() else repr(text)
    return f"the record {shown[:200]}{'…' if len(shown) > 200 else ''}"
