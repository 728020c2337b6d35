"""What every command is handed: the clock and randomness."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apportion.office import clock


@dataclass(frozen=True, slots=True)
class Desk:
    """The context of one command."""

    now: Callable[[], datetime] = clock.now
    entropy: Callable[[int], bytes] = secrets.token_bytes
