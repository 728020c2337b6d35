"""Checks a file of ours from itself alone, in integers, with no code of what made it."""

from apportion.core.verify.claim import verify_claim
from apportion.core.verify.decision import verify_decision
from apportion.core.verify.files import is_decision, verify_document
from apportion.core.verify.inclusion import verify_inclusion
from apportion.core.verify.record import verify_record
from apportion.core.verify.verdict import Verdict

__all__ = [
    "Verdict",
    "is_decision",
    "verify_claim",
    "verify_decision",
    "verify_document",
    "verify_inclusion",
    "verify_record",
]
