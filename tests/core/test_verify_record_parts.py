"""The newer parts of a public record: sums by month, chances, code reds, and who signed."""

import json

import pytest

from apportion.core.verify import verify_document
from tests.core.test_verify_record import record

GPU = "gpu:h100"


def full():
    """A record of two months with every part; it adds up."""
    document = record()
    for area in document["areas"]:
        area["parent"] = None
    used = {"2026-01": {"a": 21, "b": 79}, "2026-02": {"a": 55, "b": 45}}
    document["gpu_seconds"] = [
        {"period": name, "used": dict(used[month])}
        for name, month in (("Jan 2026", "2026-01"), ("Feb 2026", "2026-02"))
    ]
    gaps = ("unmetered_days", "suspense_charged", "busiest", "busiest_charged")
    return document | {
        "until": "2026-03-01",
        "rejected_rows": 0,
        "use": [
            {
                "month": month,
                "resource": GPU,
                "area": area,
                "delivered": seconds,
                "awarded": 0,
                "charged": 0,
            }
            for month, areas in used.items()
            for area, seconds in areas.items()
        ],
        "metering": [
            {"month": month, "resource": GPU, "suspense": 5} | dict.fromkeys(gaps, 0)
            for month in used
        ],
        "books": {GPU: 210},
        "equity": {
            "least": 5,
            "areas": [
                {"area": "a", "requests": 6, "approved": 6, "approval_p": "0.004329"},
                {"area": "b", "requests": 5, "approved": 0, "approval_p": "0.004329"},
            ],
        },
        "code_reds": {
            "called": 2,
            "in_force": 1,
            "owing": 0,
            "kept": 1,
            "broken": 0,
            "lent": {GPU: 9},
            "owed": {GPU: 4},
        },
    }


def check(document):
    return verify_document(json.dumps(document).encode())


def test_a_full_record_holds():
    verdict = check(full())
    assert verdict.holds, verdict.fault
    assert "nobody signed it: whose word it is, the file does not show" in verdict.checked


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("use", 0, "delivered"), 22, "the months of a come to 22, not 21"),
        (("use", 0, "delivered"), -1, "delivered is no count"),
        (("use", 0, "month"), "2026-13", "is no month"),
        (("use", 0, "area"), "c", "no area 'c' is listed"),
        (("use", 1, "area"), "a", "a is told twice"),
        (("metering", 1, "month"), "2026-01", "is told twice"),
        (("metering", 0, "suspense"), 4, "the books hold 210 of gpu:h100 as used"),
        (("books", GPU), 211, "the books hold 211"),
        (("rejected_rows",), -1, "rejected_rows is no count"),
        (("until",), "soon", "as we write it"),
        (("equity", "areas", 0, "approved"), 3, "p is"),
        (("equity", "areas", 0, "approved"), 7, "no such counts"),
        (("equity", "areas", 0, "approval_p"), "0.9", "p is 0.004329"),
        (("equity", "areas", 1, "requests"), 4, "too small to be told"),
        (("code_reds", "kept"), 0, "1 code reds are told of 2"),
        (("code_reds", "owed", GPU), 10, "10 of gpu:h100 are owed, and 9 were lent"),
        (("signature",), {"note": "x", "keys": []}, "no empty line"),
    ],
)
def test_one_changed_figure_is_found_and_named(path, value, fault):
    document = full()
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    verdict = check(document)
    assert not verdict.holds
    assert fault in verdict.fault
