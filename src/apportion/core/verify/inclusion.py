"""Checks that a leaf stands in the journal with a given root, from the file that says so."""

from collections.abc import Callable
from typing import Any

from apportion.core.verify.facts import ensure
from apportion.core.verify.merkle import check_inclusion
from apportion.core.verify.verdict import Verdict, judge

SCHEMA = "apportion.inclusion/1"


def verify_inclusion(data: bytes) -> Verdict:
    """Walks from the leaf to the root along the path that `apportion ledger prove` prints.

    That the root is the one that the office published is for the reader to compare.
    """
    return judge(data, _check, schema=SCHEMA)


def _check(document: dict[str, Any], tell: Callable[[str], None]) -> None:
    index, size = document["index"], document["size"]
    ensure(isinstance(index, int) and isinstance(size, int), "index and size are whole numbers")
    check_inclusion(
        leaf=bytes.fromhex(document["leaf"]),
        index=index,
        size=size,
        path=[bytes.fromhex(node) for node in document["path"]],
        root=bytes.fromhex(document["root"]),
    )
    tell(f"leaf {index} stands in the journal of {size} leaves")
