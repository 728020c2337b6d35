"""Reads of who asked in which round, over all rounds."""

from dataclasses import dataclass
from datetime import datetime

from apportion.apps.apply.models import Request

ASKED = (Request.State.SUBMITTED, Request.State.DECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that somebody wrote. `is_submitted` is false of a draft."""

    request: str
    project: str
    author: str
    round: str
    closes_at: datetime
    is_submitted: bool
    is_decided: bool


def requests_written() -> list[Asked]:
    """Lists every request but those withdrawn, by the day on which its round closed."""
    rows = Request.objects.exclude(state=Request.State.WITHDRAWN)
    columns = rows.order_by("round__requests_close_at", "ref").values_list(
        "ref",
        "project__slug",
        "author__username",
        "round__slug",
        "round__requests_close_at",
        "state",
    )
    return [
        Asked(
            request=ref,
            project=project,
            author=author,
            round=slug,
            closes_at=closes_at,
            is_submitted=state in ASKED,
            is_decided=state == Request.State.DECIDED,
        )
        for ref, project, author, slug, closes_at, state in columns
    ]
