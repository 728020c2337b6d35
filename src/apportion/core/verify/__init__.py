"""Checks a decision from its file alone, in integers, with no code of the engine that made it."""

from apportion.core.verify.decision import Verdict, verify_decision

__all__ = ["Verdict", "verify_decision"]
