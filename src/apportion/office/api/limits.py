"""How many calls a person makes in a minute: counted in each worker by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from apportion.office.api.problems import Problem

MINUTE = 60
MOST_KNOWN = 10_000  # callers remembered at once; beyond it, those of past minutes are forgotten


@dataclass(slots=True)
class Meter:
    """Counts calls by caller and minute."""

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def count(self, caller: str, *, most: int, now: datetime) -> Mapping[str, str]:
        """Counts one call, and gives the headers that say how many are left.

        Raises: Problem 429, where none is left.
        """
        second = int(now.timestamp())
        minute, reset = second // MINUTE, MINUTE - second % MINUTE
        with self.lock:
            if len(self.counts) > MOST_KNOWN:
                fresh = {who: held for who, held in self.counts.items() if held[0] == minute}
                self.counts = fresh if len(fresh) <= MOST_KNOWN else {}
            known, count = self.counts.get(caller, (minute, 0))
            count = count + 1 if known == minute else 1
            self.counts[caller] = (minute, count)
        headers = {
            "RateLimit-Limit": str(most),
            "RateLimit-Remaining": str(max(0, most - count)),
            "RateLimit-Reset": str(reset),
        }
        if count > most:
            words = f"At most {most} calls a minute; wait {reset} seconds."
            raise Problem(429, "too-many", words, headers={**headers, "Retry-After": str(reset)})
        return headers


METER = Meter()
