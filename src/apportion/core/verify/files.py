"""Finds what a file of ours is by its schema or its first line, and has it checked."""

import json
from collections.abc import Callable, Mapping

from apportion.core.verify import claim, decision, inclusion, receipt, record
from apportion.core.verify.trust import Trust
from apportion.core.verify.verdict import MALFORMED, Verdict

CHECKS: Mapping[str, Callable[[bytes, Trust | None], Verdict]] = {
    claim.SCHEMA: lambda data, trust: claim.verify_claim(data, trust=trust),
    decision.SCHEMA: lambda data, _: decision.verify_decision(data),
    inclusion.SCHEMA: lambda data, _: inclusion.verify_inclusion(data),
    record.SCHEMA: lambda data, trust: record.verify_record(data, trust=trust),
}


def verify_document(data: bytes, *, trust: Trust | None = None) -> Verdict:
    """Checks a decision, a public record, a claim, a proof of inclusion, a receipt or a checkpoint.

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
    return CHECKS[schema](data, trust)


def is_decision(data: bytes) -> bool:
    """Says whether a file calls itself a decision."""
    return _schema(data) == decision.SCHEMA


def _schema(data: bytes) -> str:
    try:
        return str(json.loads(data.decode())["schema"])
    except MALFORMED:
        return ""
