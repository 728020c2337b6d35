"""Checks a public record from its file alone: shares, the claim, the counts, tests, root and signer."""

import hashlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from apportion.core.verify.equity import check_equity
from apportion.core.verify.facts import ensure
from apportion.core.verify.notes import find_signers, parse_checkpoint, parse_key, parse_note
from apportion.core.verify.signed import SIGNATURE, check_signed
from apportion.core.verify.trust import Trust
from apportion.core.verify.use import check_use
from apportion.core.verify.verdict import Verdict, judge

SCHEMA = "apportion.record/1"
HASH_BYTES = 32
HALF = Fraction(1, 2)
COUNTS = ("full", "partial", "minimum", "not_yet", "below_minimum", "denied_with_reason")


def verify_record(data: bytes, *, trust: Trust | None = None) -> Verdict:
    """Checks that the claim follows from the metered use, and the root from its subtrees.

    That the root is the one that the office published elsewhere is for the reader to compare.
    """

    def check(document: dict[str, Any], tell: Callable[[str], None]) -> None:
        check_record(document, tell, trust=trust)

    return judge(data, check, schema=SCHEMA)


def check_record(
    document: dict[str, Any], tell: Callable[[str], None], *, trust: Trust | None
) -> None:
    """Checks a record that stands alone or in another file; tells what holds.

    Raises: Untrue with the first fault.
    """
    ensure(document["schema"] == SCHEMA, f"the record's schema is not {SCHEMA}")
    periods = _use(document)
    tell(f"use of {len(document['areas'])} areas over {len(periods)} periods")
    if "use" in document:
        rows = check_use(document)
        tell(f"{rows} sums by month, resource and area make up the periods and what the books hold")
    _check_claim(document, periods)
    tell("the claim follows from the metered use")
    _check_counts(document["decisions"])
    tell("no award below its minimum, and no denial without a reason and a way in")
    if "equity" in document:
        tell(f"chance was counted anew for {check_equity(document['equity'])} groups of requests")
    if "code_reds" in document:
        _check_code_reds(document["code_reds"])
        tell("code reds in force, owing, kept and broken are all that were called")
    _check_root(document["journal"])
    tell(f"the root stands on {document['journal']['size']} sealed records")
    check_signed(document, trust, tell)
    _check_checkpoint(document, tell)


def _use(document: dict[str, Any]) -> list[dict[str, int]]:
    """Reads what each area used in each period."""
    known = {area["id"] for area in document["areas"]}
    ensure(len(known) == len(document["areas"]), "an area is listed twice")
    names = [period["period"] for period in document["gpu_seconds"]]
    ensure(len(set(names)) == len(names), "a period is listed twice")
    for period in document["gpu_seconds"]:
        for area, seconds in period["used"].items():
            ensure(area in known, f"{period['period']}: no area {area!r} is listed")
            whole = isinstance(seconds, int) and not isinstance(seconds, bool) and seconds >= 0
            ensure(whole, f"{period['period']}: the use of {area} is no count of seconds")
    return [period["used"] for period in document["gpu_seconds"]]


def _check_claim(document: dict[str, Any], periods: list[dict[str, int]]) -> None:
    """Counts the share outside the flagship in the last period anew."""
    claim = document["claim"]
    flagship = {area["id"] for area in document["areas"] if area["flagship"]}
    if not flagship or not periods or not sum(periods[-1].values()):
        ensure(claim["outside_flagship"] is None, "the claim has a share with nothing to count")
        ensure(claim["holds"] is None, "the claim has an answer with nothing to count")
        return
    last = periods[-1]
    outside = sum(seconds for area, seconds in last.items() if area not in flagship)
    share = Fraction(outside, sum(last.values()))
    ensure(
        Fraction(claim["outside_flagship"]) == share,
        f"the share outside the flagship is {share}, not {claim['outside_flagship']}",
    )
    ensure(claim["holds"] is (share > HALF), "the answer does not follow from the share")
    word = "Yes." if share > HALF else "No."
    ensure(claim["answer"].startswith(word), f"the answer in words is not {word!r}")


def _check_counts(decisions: dict[str, Any]) -> None:
    for name in COUNTS:
        ensure(isinstance(decisions[name], int) and decisions[name] >= 0, f"{name} is no count")
    ensure(decisions["below_minimum"] == 0, "there are awards below their minimum")
    ensure(
        decisions["denied_with_reason"] == decisions["not_yet"],
        "there are denials without a reason and a way in",
    )


def _check_code_reds(told: dict[str, Any]) -> None:
    parts = [told[name] for name in ("in_force", "owing", "kept", "broken")]
    ensure(all(type(part) is int and part >= 0 for part in parts), "code reds are no counts")
    ensure(sum(parts) == told["called"], f"{sum(parts)} code reds are told of {told['called']}")
    for resource, owed in told["owed"].items():
        lent = told["lent"].get(resource, 0)
        ensure(0 <= owed <= lent, f"{owed} of {resource} are owed, and {lent} were lent")


def _check_root(journal: dict[str, Any]) -> None:
    """Folds the roots of the complete subtrees, one for each bit of the size, largest first.

    Source: RFC 6962, section 2.1.
    """
    nodes = [bytes.fromhex(node) for node in journal["frontier"]]
    ensure(all(len(node) == HASH_BYTES for node in nodes), "a subtree's root has a wrong length")
    ensure(len(nodes) == journal["size"].bit_count(), "the subtrees do not make the size")
    root = nodes.pop() if nodes else hashlib.sha256(b"").digest()
    while nodes:
        root = hashlib.sha256(b"\x01" + nodes.pop() + root).digest()
    ensure(root.hex() == journal["root"], "the subtrees do not give the root")


def _check_checkpoint(document: dict[str, Any], tell: Callable[[str], None]) -> None:
    """The last signed checkpoint is the signer's own, and of this journal as it stands or earlier."""
    note, signature = document["journal"].get("checkpoint"), document.get(SIGNATURE)
    if note is None or signature is None:
        return
    read = parse_note(note)
    checkpoint = parse_checkpoint(read.text)
    signers = find_signers(read, [parse_key(text) for text in signature["keys"]])
    ensure(bool(signers), "whoever signed the record did not sign the checkpoint in it")
    size = document["journal"]["size"]
    ensure(checkpoint.size <= size, "the checkpoint is of a larger journal than the record's")
    if checkpoint.size == size:
        same = checkpoint.root.hex() == document["journal"]["root"]
        ensure(same, "the checkpoint of this size has another root")
    tell(f"the checkpoint of {checkpoint.size} records is signed by the same office")
