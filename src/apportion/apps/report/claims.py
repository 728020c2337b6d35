"""Claims tested on the office's own record, or on a record that somebody took away."""

import json
from datetime import datetime
from typing import Any

from apportion.adapters.files.parse_record import facts_of, parse_record
from apportion.apps.report.published import record_document
from apportion.core.claims.check import check_claim
from apportion.core.claims.claim import Claim
from apportion.core.claims.document import document_of
from apportion.core.verify.trust import Trust

Document = dict[str, Any]


def own_record(*, now: datetime) -> Document:
    """Gives the office's record, checked as anybody would.

    Raises: BadInput where it does not hold: where the metering and the books differ.
    """
    written = json.dumps(record_document(now=now)).encode()
    return parse_record(written, "the office's record")


def answer_on(claim: Claim, record: Document) -> Document:
    """Answers a claim from a record that was checked, and gives both in one document."""
    return document_of(claim, check_claim(claim, facts_of(record)), record)


def read_record(data: bytes, file: str, *, trust: Trust | None) -> Document:
    """Reads a record that was taken away.

    Raises: BadInput with the first thing in it that is not true.
    """
    return parse_record(data, file, trust=trust)


def write_claim(document: Document) -> bytes:
    """Writes a tested claim as the file that `apportion verify` reads."""
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()
