"""Checks that a leaf stands in the journal with a given root.

Source: RFC 9162, section 2.1.3.2; written apart from core.journal, which makes the proofs.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from apportion.core.verify.facts import ensure
from apportion.core.verify.verdict import Verdict, judge

SCHEMA = "apportion.inclusion/1"
LONGEST_PATH = 64


def verify_inclusion(data: bytes) -> Verdict:
    """Walks from the leaf to the root along the path that `apportion ledger prove` prints.

    That the root is the one that the office published is for the reader to compare.
    """
    return judge(data, _check, schema=SCHEMA)


def _check(document: dict[str, Any], tell: Callable[[str], None]) -> None:
    index, size = document["index"], document["size"]
    ensure(isinstance(index, int) and isinstance(size, int), "index and size are whole numbers")
    ensure(0 <= index < size, f"there is no leaf {index} among {size}")
    path = [bytes.fromhex(node) for node in document["path"]]
    ensure(len(path) <= LONGEST_PATH, "the path is longer than any journal's")
    top = _walk(bytes.fromhex(document["leaf"]), index, size - 1, path)
    ensure(top.hex() == document["root"], "the path does not lead from the leaf to the root")
    tell(f"leaf {index} stands in the journal of {size} leaves")


def _walk(node: bytes, at: int, last: int, path: list[bytes]) -> bytes:
    for sibling in path:
        ensure(last > 0, "the path goes on above the root")
        if at % 2 or at == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        at, last = at // 2, last // 2
    ensure(last == 0, "the path ends below the root")
    return node
