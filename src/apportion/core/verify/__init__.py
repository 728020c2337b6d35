"""Checks a decision or a public record from its file alone, with no code of what made it."""

from apportion.core.verify.decision import Verdict, verify_decision
from apportion.core.verify.record import is_record, verify_document, verify_record

__all__ = ["Verdict", "is_record", "verify_decision", "verify_document", "verify_record"]
