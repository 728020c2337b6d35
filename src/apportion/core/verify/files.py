"""Finds what a file of ours is by its schema, and has it checked."""

import json
from collections.abc import Callable, Mapping

from apportion.core.verify import decision, inclusion, record
from apportion.core.verify.verdict import MALFORMED, Verdict

CHECKS: Mapping[str, Callable[[bytes], Verdict]] = {
    decision.SCHEMA: decision.verify_decision,
    inclusion.SCHEMA: inclusion.verify_inclusion,
    record.SCHEMA: record.verify_record,
}


def verify_document(data: bytes) -> Verdict:
    """Checks a decision, a proof of inclusion or a public record, whichever the file says it is."""
    schema = _schema(data)
    if schema not in CHECKS:
        return Verdict(holds=False, fault=f"the file names no schema of {', '.join(CHECKS)}")
    return CHECKS[schema](data)


def is_decision(data: bytes) -> bool:
    """Says whether a file calls itself a decision."""
    return _schema(data) == decision.SCHEMA


def _schema(data: bytes) -> str:
    try:
        return str(json.loads(data.decode())["schema"])
    except MALFORMED:
        return ""
