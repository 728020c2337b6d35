"""Something that happened and that people are told of. Each app that has such things says so in `news.py`.

`news_since(since)` of every app is found by its name, so that a new app adds one file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from apportion.core.notice.paces import About


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened. Shape: `key` names it for good, so that it is told once.

    What has `facts` is told to webhooks and chat rooms too: thin facts, no names of people.
    """

    key: str
    about: About
    words: str
    path: str
    at: datetime
    people: tuple[int, ...] = ()
    body: str = ""
    kind: str = ""  # what a webhook calls it, like `decision.published`
    facts: Mapping[str, object] = field(default_factory=dict)
