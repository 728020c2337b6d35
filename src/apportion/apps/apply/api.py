"""Projects and requests for programs."""

import base64
import binascii
from typing import Any

from pydantic import Field

from apportion.apps.apply import attaching, draft_commands, drafts, filing
from apportion.apps.apply.actions import (
    Wish,
    move_draft,
    save_draft,
    start_draft,
    start_project,
    submit_request,
    withdraw_request,
)
from apportion.apps.apply.queries import (
    Project,
    Request,
    find_project,
    find_request,
    search_projects,
)
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, Found, row
from apportion.apps.people.queries import demand, find_person
from apportion.apps.rounds.queries import find_area, find_round
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Code, Refusal, Refused

calls = Calls("requests")
HIDDEN = {"draft", "withdrawn"}


class ProjectAnswer(Answer):
    """A project."""

    slug: str
    title: str
    area: str
    lead: str


class NewProject(Body):
    """A project to start; without a lead, it is led by whoever calls."""

    slug: str = Field(max_length=60)
    title: str = Field(min_length=1, max_length=200)
    area: str = Field(max_length=60)
    lead: str | None = Field(default=None, max_length=150)


class Asked(Body):
    """An amount to ask for, in base units: seconds of one unit."""

    minimum: int = Field(ge=0)
    ask: int = Field(ge=0)


class NewRequest(Body):
    """A request to file; as a draft, it is not handed in yet."""

    round: str = Field(max_length=60)
    project: str = Field(max_length=60)
    title: str = Field(max_length=200)
    question: str = Field(max_length=2000)
    amounts: dict[str, Asked]
    if_minimum: str = Field(default="", max_length=20_000)
    is_draft: bool = False


class NewDraft(Body):
    """A draft to begin: of a title, or of the text of a request.toml."""

    round: str = Field(max_length=60)
    project: str = Field(default="", max_length=60)
    title: str = Field(default="", max_length=200)
    toml: str | None = Field(default=None, max_length=1_000_000)


class Edited(Body):
    """Words to keep in a draft, by field; or the text of a whole request.toml."""

    content: dict[str, str] | None = None
    toml: str | None = Field(default=None, max_length=1_000_000)
    version: int | None = Field(default=None, ge=0, description="Seen last; none overwrites.")


class NewFile(Body):
    """A file to attach."""

    name: str = Field(min_length=1, max_length=200)
    base64: str = Field(description="What it holds.")


class Colleague(Body):
    """A colleague to ask, and what for."""

    who: str = Field(min_length=1, max_length=150)
    words: str = Field(default="", max_length=280)


class Move(Body):
    """Where a draft goes."""

    round: str = Field(max_length=60)


@calls.rows("/projects", "project.see", "project list", row=ProjectAnswer)
def projects(_: Caller, q: str = "") -> Found:
    """Lists projects, those with a word in title or slug alone where one is given."""
    rows = search_projects(q).only("slug", "title", "area__slug", "lead__username")
    return Found(rows=rows, tell=_tell_project, key="slug")


@calls.read("/projects/{slug}", "project.see", answer=ProjectAnswer)
def project(_: Caller, slug: str) -> dict[str, object]:
    """Shows one project."""
    return _tell_project(find_project(slug))


@calls.act("/projects", "request.file", "project start", makes="/projects/{slug}")
def start(caller: Caller, body: NewProject) -> Done:
    """Starts a project; requests, grants and charges belong to it."""
    lead = caller.user if body.lead is None else find_person(body.lead)
    if lead.pk != caller.user.pk:
        demand(caller.user, "people.manage")
    made = start_project(
        slug=body.slug, title=body.title, area=find_area(body.area), lead=lead, now=caller.now
    )
    return Done(ref=made.slug, state="open", words=f"{made.title} in {made.area}")


@calls.act("/requests", "request.file", "request create", makes="/requests/{ref}")
def create(caller: Caller, body: NewRequest) -> Done:
    """Files a request, or keeps it as a draft."""
    wish = Wish(
        title=body.title,
        question=body.question,
        amounts={code: (one.minimum, one.ask) for code, one in body.amounts.items()},
        if_minimum=body.if_minimum,
    )
    made = save_draft(
        round_row=find_round(body.round),
        project=find_project(body.project),
        wish=wish,
        by=caller.user,
        now=caller.now,
    )
    if not body.is_draft:
        made = submit_request(row=made, by=caller.user, now=caller.now)
    return _done(made)


@calls.act("/drafts", "request.file", "request draft", "request import", makes="/requests/{ref}")
def begin(caller: Caller, body: NewDraft) -> Done:
    """Begins a draft, of a title or of a request.toml."""
    held = find_round(body.round)
    if body.toml is not None:
        made = filing.import_request(
            round_row=held,
            data=body.toml.encode(),
            file="toml",
            by=caller.user,
            now=caller.now,
        )
        return _done(made)
    made = start_draft(
        round_row=held,
        project=find_project(body.project),
        content={"title": body.title},
        by=caller.user,
        now=caller.now,
    )
    return _done(made)


@calls.act("/requests/{ref}/content", "request.file", "request edit", method="PUT")
def edit(caller: Caller, ref: str, body: Edited) -> Done:
    """Saves over a draft; what others saved since that version is kept beside it."""
    held = _own(caller, ref)
    if body.toml is not None:
        saved = filing.edit_from_file(
            row=held,
            data=body.toml.encode(),
            file="toml",
            base=body.version,
            by=caller.user,
            now=caller.now,
        )
    else:
        saved = drafts.keep_words(
            row=held,
            content=body.content or {},
            base=body.version,
            by=caller.user,
            now=caller.now,
        )
    if saved.clashes:
        fields = ", ".join(clash.field for clash in saved.clashes)
        remedy = f"Theirs stands, yours is kept aside as a version. Fields: {fields}"
        raise Refused([Refusal(code=Code.STALE_DRAFT, subject=ref, remedy=remedy)])
    return _done(saved.row)


@calls.act("/requests/{ref}/submit", "request.file", "request submit")
def submit(caller: Caller, ref: str) -> Done:
    """Submits a draft."""
    return _done(submit_request(row=_own(caller, ref), by=caller.user, now=caller.now))


@calls.act("/requests/{ref}/withdraw", "request.file", "request withdraw")
def withdraw(caller: Caller, ref: str) -> Done:
    """Withdraws a request before it is decided."""
    return _done(withdraw_request(row=_own(caller, ref), by=caller.user, now=caller.now))


@calls.act("/requests/{ref}/move", "request.file", "request move")
def move(caller: Caller, ref: str, body: Move) -> Done:
    """Moves a draft into another round."""
    moved = move_draft(
        row=_own(caller, ref), to=find_round(body.round), by=caller.user, now=caller.now
    )
    return _done(moved)


@calls.act("/requests/{ref}/readers", "request.file", "request ask-reader")
def ask_reader(caller: Caller, ref: str, body: Colleague) -> Done:
    """Asks a colleague to read a draft; they write it too from then on."""
    asked = drafts.ask_to_read(
        row=_own(caller, ref),
        person=find_person(body.who),
        words=body.words,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=ref, state="draft", words=f"{asked.person.username} is asked to read it")


@calls.act("/requests/{ref}/files", "request.file", "request attach")
def attach(caller: Caller, ref: str, body: NewFile) -> Done:
    """Attaches a file to a draft."""
    try:
        data = base64.b64decode(body.base64, validate=True)
    except (binascii.Error, ValueError):
        fault = Fault(file="base64", what="is not base64", remedy="Encode the file as base64")
        raise BadInput([fault]) from None
    kept = attaching.attach_file(
        row=_own(caller, ref), name=body.name, body=data, by=caller.user, now=caller.now
    )
    return Done(ref=ref, state="draft", words=f"{kept.name}, {kept.size:,} bytes, {kept.kind}")


@calls.rows(
    "/requests/{ref}/versions",
    "request.file",
    "request versions",
    row=row("VersionRow", "number:n saved_at:at saved_by set_aside:yes"),
)
def versions(caller: Caller, ref: str) -> list[Any]:
    """Lists the versions of a request, the latest first."""
    _own(caller, ref)
    return list(draft_commands.versions.__wrapped__(ref))  # type: ignore[attr-defined]


@calls.rows(
    "/requests/{ref}/diff", "request.file", "request diff", row=row("DiffRow", "field before after")
)
def diff(caller: Caller, ref: str, first: int | None = None, last: int | None = None) -> list[Any]:
    """Shows what changed between two versions, field by field."""
    _own(caller, ref)
    return list(draft_commands.diff.__wrapped__(ref, first, last))  # type: ignore[attr-defined]


def _own(caller: Caller, ref: str) -> Request:
    """Finds a request that one may write; to others it is not there."""
    held = find_request(ref)
    if not drafts.writes(caller.user, held):
        if held.state in HIDDEN:
            raise _absent(ref)
        drafts.demand_writer(held, caller.user)
    return held


def _absent(ref: str) -> Refused:
    remedy = "List the requests of a round"
    return Refused([Refusal(code=Code.NOT_FOUND, subject=f"request {ref!r}", remedy=remedy)])


def _tell_project(held: Project) -> dict[str, object]:
    return {
        "slug": held.slug,
        "title": held.title,
        "area": held.area.slug,
        "lead": held.lead.username,
    }


def _done(held: Request) -> Done:
    words = f"{held.ref}: {held.get_state_display().lower()}, version {held.version}"
    return Done(ref=held.ref, state=held.state, words=words)
