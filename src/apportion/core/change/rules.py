"""The [changes] table of a round's policy as one frozen value."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may change after an award, and how far.

    Units: shares as exact fractions of what a project was granted in the round; whole days.
    """

    supplement_share: Fraction = Fraction(1, 4)  # all supplements together; more needs a request
    advance_share: Fraction = Fraction(1, 4)  # all advances together
    extension_days: int = 90  # beyond the end of the grant, all extensions together
    answer_days: int = 14  # within which an ask is answered, or it is told to everybody who may
    undo_days: int = 7  # within which a return may be taken back
    notice_days: int = 28  # between the notice of winding down and the last day
    reply_days: int = 7  # that the lead has to reply before the notice may be confirmed
    report_days: int | None = None  # between progress reports; None asks for none
    grace_days: int = 14  # after which a progress report that is due is overdue
