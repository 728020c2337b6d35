"""Finds what a file of ours is by its schema or its first line, and has it checked."""

import json
from collections.abc import Callable, Mapping

from apportion.core.verify import decision, inclusion, receipt, record
from apportion.core.verify.trust import Trust
from apportion.core.verify.verdict import MALFORMED, Verdict

CHECKS: Mapping[str, Callable[[bytes], Verdict]] = {
    decision.SCHEMA: decision.verify_decision,
    inclusion.SCHEMA: inclusion.verify_inclusion,
    record.SCHEMA: record.verify_record,
}


def verify_document(data: bytes, *, trust: Trust | None = None) -> Verdict:
    """Checks a decision, a public record, a proof of inclusion, a receipt or a checkpoint.

    Whichever it is, the file says. `trust` is whose signatures the reader believes.
    """
    if receipt.is_receipt(data):
        return receipt.verify_receipt(data, trust=trust)
    if receipt.is_note(data):
        return receipt.verify_checkpoint(data, trust=trust)
    schema = _schema(data)
    if schema not in CHECKS:
        known = ", ".join(CHECKS)
        fault = f"the file names no schema of {known}, and is no receipt and no checkpoint"
        return Verdict(holds=False, fault=fault)
    return CHECKS[schema](data)


def is_decision(data: bytes) -> bool:
    """Says whether a file calls itself a decision."""
    return _schema(data) == decision.SCHEMA


def _schema(data: bytes) -> str:
    try:
        return str(json.loads(data.decode())["schema"])
    except MALFORMED:
        return ""
