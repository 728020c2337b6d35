"""When to try again what was not taken, and when to give up."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# After each try; a server that is down for two days gets everything once it is back.
WAITS_SECONDS = (60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 86_400)
SPREAD = 10  # per cent at most that a wait is longer, so that not all come back at one instant


class Verdict(StrEnum):
    """What became of one try."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said to one try."""

    verdict: Verdict
    words: str


def next_try(*, tries: int, at: datetime, key: str) -> datetime | None:
    """Says when the next try is due after so many; None: it is given up."""
    if tries > len(WAITS_SECONDS):
        return None
    wait = WAITS_SECONDS[max(tries, 1) - 1]
    lot = int.from_bytes(hashlib.sha256(f"{key}/{tries}".encode()).digest()[:2])
    return at + timedelta(seconds=wait + wait * SPREAD * lot // (100 * 0xFFFF))
