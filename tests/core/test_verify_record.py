"""A public record is checked from its file alone; one changed figure is found and named."""

import hashlib
import json

import pytest

from apportion.core.verify import verify_document, verify_record


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


LEAVES = [hashlib.sha256(bytes([n])).digest() for n in range(3)]
FRONTIER = [node(LEAVES[0], LEAVES[1]), LEAVES[2]]


def record():
    return {
        "schema": "apportion.record/1",
        "lab": "Lab",
        "at": "2026-03-02T09:00:00+00:00",
        "claim": {
            "question": "?",
            "answer": "No. It gets 45%.",
            "note": "",
            "outside_flagship": "9/20",
            "holds": False,
        },
        "areas": [
            {"id": "a", "name": "A", "flagship": True},
            {"id": "b", "name": "B", "flagship": False},
        ],
        "gpu_seconds": [
            {"period": "Jan", "used": {"a": 21, "b": 79}},
            {"period": "Feb", "used": {"a": 55, "b": 45}},
        ],
        "decisions": {
            "full": 3,
            "partial": 1,
            "minimum": 1,
            "not_yet": 2,
            "below_minimum": 0,
            "denied_with_reason": 2,
            "median_days": 5,
        },
        "journal": {
            "size": 3,
            "root": node(*FRONTIER).hex(),
            "transfers": 1,
            "frontier": [part.hex() for part in FRONTIER],
        },
    }


def check(document):
    return verify_document(json.dumps(document).encode())


def test_a_true_record_holds_and_says_what_was_checked():
    verdict = check(record())
    assert verdict.holds, verdict.fault
    assert "the root stands on 3 sealed records" in verdict.checked


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("gpu_seconds", 1, "used", "b"), 56, "the share outside the flagship"),
        (("claim", "outside_flagship"), "1/2", "the share outside the flagship is 9/20"),
        (("claim", "holds"), True, "does not follow"),
        (("claim", "answer"), "Yes. It gets 45%.", "the answer in words"),
        (("areas", 1, "flagship"), True, "the share outside the flagship is 0"),
        (("gpu_seconds", 0, "used", "c"), 5, "no area 'c'"),
        (("gpu_seconds", 0, "used", "a"), -1, "no count of seconds"),
        (("gpu_seconds", 0, "used", "a"), 1.5, "not an integer or a text"),
        (("gpu_seconds", 1, "period"), "Jan", "listed twice"),
        (("decisions", "below_minimum"), 1, "below their minimum"),
        (("decisions", "denied_with_reason"), 1, "without a reason"),
        (("decisions", "full"), -1, "no count"),
        (("journal", "size"), 4, "do not make the size"),
        (("journal", "root"), "00" * 32, "do not give the root"),
        (("journal", "frontier"), ["zz"], "as we write it"),
        (("areas",), 7, "as we write it"),
    ],
)
def test_one_changed_figure_is_found_and_named(path, value, fault):
    document = record()
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    verdict = check(document)
    assert not verdict.holds
    assert fault in verdict.fault


def test_a_lab_without_a_flagship_makes_no_claim():
    document = record()
    document["areas"][0]["flagship"] = False
    document["claim"] |= {"outside_flagship": None, "holds": None}
    assert check(document).holds


def test_an_empty_journal_has_the_root_of_nothing():
    document = record()
    empty = hashlib.sha256(b"").hexdigest()
    document["journal"] = {"size": 0, "root": empty, "transfers": 0, "frontier": []}
    assert check(document).holds


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{}", b"7", b"[" * 100_000])
def test_what_is_no_record_is_not_true_and_breaks_nothing(data):
    assert not verify_record(data).holds
    assert not verify_document(data).holds
