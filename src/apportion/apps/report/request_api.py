"""Requests as programs read them: what stands in a round, and where one request stands."""

from pydantic import AwareDatetime

from apportion.apps.apply import attaching, drafts
from apportion.apps.apply.queries import Request, find_request, requests_of, search_requests
from apportion.apps.decide.queries import find_verdicts
from apportion.apps.door.calls import Answer, Caller, Calls, Found
from apportion.apps.review.queries import hides_applicants
from apportion.apps.rounds.queries import find_round
from apportion.core.refusals import Code, Refusal, Refused

calls = Calls("requests")
HIDDEN = {"draft", "withdrawn"}


class Amount(Answer):
    """What is asked of one resource, in base units: seconds of one unit."""

    resource: str
    minimum: int
    ask: int


class RequestRow(Answer):
    """A request in a listing. In a blind round, readers do not learn the project."""

    ref: str
    round: str
    project: str | None
    area: str
    title: str
    state: str
    version: int
    amounts: list[Amount]


class FileAnswer(Answer):
    """A file that is attached."""

    name: str
    kind: str
    size: int
    sha256: str


class Step(Answer):
    """Who did what."""

    verb: str
    by: str | None
    at: AwareDatetime
    note: str


class RequestAnswer(RequestRow):
    """A request, field by field, with its files and who did what."""

    kind: str
    content: dict[str, str]
    files: list[FileAnswer]
    steps: list[Step]
    outcome: str | None
    awarded: dict[str, int]


@calls.rows("/rounds/{slug}/requests", "request.see", "request list", row=RequestRow)
def standing(caller: Caller, slug: str, q: str = "") -> Found:
    """Lists the requests that stand in a round."""
    held = find_round(slug)
    blind = hides_applicants(caller.user, held)
    return Found(
        rows=search_requests(held.slug, q).select_related("round"),
        tell=lambda one: _tell_row(one, blind=blind),
    )


@calls.rows("/my/requests", "request.file", row=RequestRow)
def mine(caller: Caller) -> Found:
    """Lists what one wrote and what one's projects ask, the newest first."""
    return Found(rows=requests_of(caller.user), tell=_tell_row, newest_first=True)


@calls.read("/requests/{ref}", "request.see", "request show", answer=RequestAnswer)
def show(caller: Caller, ref: str) -> dict[str, object]:
    """Shows what a request says, with its files and who did what."""
    held = _readable(caller, ref)
    mine = drafts.writes(caller.user, held)
    verdict = find_verdicts([ref]).get(ref)
    blind = not mine and hides_applicants(caller.user, held.round)
    return _tell_row(held, blind=blind) | {
        "kind": held.kind,
        "content": {
            name: text
            for name, text in drafts.content_of(held).items()
            if not (blind and name == "co_authors")
        },
        "outcome": verdict.outcome if verdict else None,
        "awarded": dict(verdict.awards) if verdict else {},
        "files": attaching.attachments_of(held),
        "steps": [
            {
                "verb": one.verb,
                "by": None if blind else one.by.username,
                "at": one.at,
                "note": one.note,
            }
            for one in drafts.last_steps(held)
        ],
    }


def _readable(caller: Caller, ref: str) -> Request:
    held = find_request(ref)
    if held.state in HIDDEN and not drafts.writes(caller.user, held):
        remedy = "List the requests of a round"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"request {ref!r}", remedy=remedy)])
    return held


def _tell_row(held: Request, *, blind: bool = False) -> dict[str, object]:
    return {
        "ref": held.ref,
        "round": held.round.slug,
        "project": None if blind else held.project.slug,
        "area": held.project.area.slug,
        "title": held.title,
        "state": held.state,
        "version": held.version,
        "amounts": [
            {"resource": one.resource.code, "minimum": one.minimum, "ask": one.ask}
            for one in held.amounts.all()
        ],
    }
