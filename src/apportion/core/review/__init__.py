"""From opinions to panel scores, how sure those are, and who may not judge."""

from apportion.core.review.opinions import SCALE_HUNDREDTHS, Stake, is_conflicted, panel_score

__all__ = ["SCALE_HUNDREDTHS", "Stake", "is_conflicted", "panel_score"]
