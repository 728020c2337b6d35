"""What somebody was told, and what waits to be sent, as files."""

from apportion.apps.notice.queries import (
    ENDPOINT_COLUMNS,
    endpoint_row,
    find_message,
    list_endpoints,
    list_messages,
    told_to,
)
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route

TOLD = ("words", "path", "at", "mail")
TRIES = ("number", "at", "verdict", "words")
MESSAGES = ("subject", "to", "made_at", "tries", "state")


def _told(visit: Visit) -> Rows:
    return [
        {
            "words": one.words,
            "path": one.path,
            "at": one.at,
            "mail": one.message.state if one.message else "",
        }
        for one in told_to(visit.user)
    ]


def _messages(visit: Visit) -> Rows:
    return [
        {
            "subject": one.subject,
            "to": str(one.person or one.endpoint or ""),
            "made_at": one.made_at,
            "tries": one.tries,
            "state": one.state,
        }
        for one in list_messages(state=visit.GET.get("state", ""))
    ]


def _endpoints(_: Visit) -> Rows:
    return [endpoint_row(one) for one in list_endpoints()]


def _tries(_: Visit, pk: int) -> Rows:
    return [{name: getattr(one, name) for name in TRIES} for one in find_message(pk).attempts.all()]


told = file_route("notice.own", "told", TOLD, _told)
tries = file_route("notice.see", "tries", TRIES, _tries)
messages = file_route("notice.see", "messages", MESSAGES, _messages)
endpoints = file_route("notice.see", "hooks", ENDPOINT_COLUMNS, _endpoints)
