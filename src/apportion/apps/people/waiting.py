"""Something that waits for a person. Each app that has such things says so in its own `waiting.py`.

`waiting_for(person, now)` of every app is found by its name, so that a new app adds one file.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing with one act. Shape: `key` names it for good, so that it can be put away."""

    key: str
    kind: str  # a word for what it is, such as draft, review, sign, decision, check or alert
    words: str
    act: str  # what to do, on a button
    path: str
    due_at: datetime | None = None
    since_at: datetime | None = None
    can_put_away: bool = False  # reading it is all there is to do
