"""What comes after an award, for programs: changes, winding down, progress."""

from typing import Any

from pydantic import AwareDatetime, Field

from apportion.apps.apply.queries import find_project
from apportion.apps.change import actions, reports, winding
from apportion.apps.change.queries import (
    find_change,
    find_notice,
    list_changes,
    list_notices,
    reports_filed,
    steps_of,
    weigh,
)
from apportion.apps.change.wording import change_rows, notice_rows
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, Found, row
from apportion.apps.rounds.queries import resource_units
from apportion.core.change.asking import What, Wish
from apportion.core.refusals import Refused

calls = Calls("changes")
COLUMNS = "ref what project other resource amount state asked_at:at answer_by:at answered_at:at"
NOTICE = "ref project stage noticed_at:at last_day:at replied confirmed_at:at"
NoticeRow = row("NoticeRow", NOTICE)


class ChangeStep(Answer):
    """One step of a change."""

    at: AwareDatetime
    verb: str
    by: str | None
    after: str


class ChangeAnswer(Answer):
    """A change that was asked for. Units: amount in base units."""

    ref: str
    what: str
    project: str
    other: str | None
    resource: str
    amount: int
    until_at: AwareDatetime | None
    state: str
    why: str
    answer: str
    steps: list[ChangeStep]


class NewChange(Body):
    """More, longer, elsewhere, earlier, or back. Units: amount in base units."""

    what: What
    project: str = Field(max_length=60)
    resource: str = Field(max_length=60)
    why: str = Field(min_length=1, max_length=2000)
    amount: int = Field(default=0, ge=0)
    to: str | None = Field(default=None, max_length=60, description="Who gets a transfer.")
    until: AwareDatetime | None = None
    dry_run: bool = False


class AnswerBody(Body):
    """Yes or no; a refusal says why, and what would make it possible."""

    grant: bool
    why: str = Field(default="", max_length=2000)
    dry_run: bool = False


class NewNotice(Body):
    """The end of a project, announced."""

    project: str = Field(max_length=60)
    reason: str = Field(min_length=1, max_length=2000)
    last_day: AwareDatetime


class Words(Body):
    """A reply."""

    words: str = Field(min_length=1, max_length=10_000)


class LastDay(Body):
    """An earlier last day."""

    last_day: AwareDatetime


class Progress(Body):
    """A report; its figures come from the books."""

    done: str = Field(min_length=1, max_length=20_000)
    outcomes: str = Field(default="", max_length=20_000)
    coming: str = Field(default="", max_length=20_000)


@calls.rows("/changes", "change.see", "change list", row=row("ChangeRow", COLUMNS))
def changes(_: Caller, state: str = "", project: str = "") -> Found:
    """Lists changes that were asked for, the newest first; amounts in display units."""
    units = resource_units()
    return Found(
        rows=list_changes(state=state, project=project),
        tell=lambda one: next(iter(change_rows([one], units))),
        newest_first=True,
    )


@calls.read("/changes/{ref}", "change.see", "change show", answer=ChangeAnswer)
def show(_: Caller, ref: str) -> dict[str, object]:
    """Shows a change: what was asked, why, and every step."""
    held = find_change(ref)
    return {
        "ref": held.ref,
        "what": held.what,
        "project": held.project.slug,
        "other": held.other.slug if held.other else None,
        "resource": held.resource.code,
        "amount": held.amount,
        "until_at": held.until_at,
        "state": held.state,
        "why": held.why,
        "answer": held.answer,
        "steps": [
            {
                "at": one.at,
                "verb": one.verb,
                "by": one.by.username if one.by else None,
                "after": one.after,
            }
            for one in steps_of(ref)
        ],
    }


@calls.act("/changes", "change.ask", "change ask", makes="/changes/{ref}")
def ask(caller: Caller, body: NewChange) -> Done:
    """Asks for more, longer, elsewhere, earlier, or gives back what is not needed."""
    wish = Wish(
        what=body.what,
        project=body.project,
        resource=body.resource,
        amount=body.amount,
        other=body.to,
        until=body.until,
    )
    if body.dry_run:
        ref = f"{body.project}-{body.what.value}"
        _pass(weigh(wish, ref=ref, now=caller.now).refusals)
        return Done(ref=ref, state="unasked", words="Nothing stands against it now.")
    return _done(actions.ask_change(wish=wish, why=body.why, by=caller.user, now=caller.now))


@calls.act("/changes/{ref}/agree", "change.ask", "change agree")
def agree(caller: Caller, ref: str) -> Done:
    """Agrees to a transfer, for the project that gets it."""
    return _done(actions.agree_change(ref=ref, by=caller.user, now=caller.now))


@calls.act("/changes/{ref}/answer", "change.decide", "change decide")
def decide(caller: Caller, ref: str, body: AnswerBody) -> Done:
    """Answers an ask; what is granted is posted at once."""
    if body.dry_run:
        held = find_change(ref)
        _pass(actions.reweigh(held, now=caller.now).refusals)
        return Done(ref=ref, state=held.state, words="Nothing stands against it now.")
    made = actions.answer_change(
        ref=ref, grant=body.grant, why=body.why, by=caller.user, now=caller.now
    )
    return _done(made)


@calls.act("/changes/{ref}/withdraw", "change.ask", "change withdraw")
def withdraw(caller: Caller, ref: str) -> Done:
    """Takes back an ask that was not answered."""
    return _done(actions.withdraw_change(ref=ref, by=caller.user, now=caller.now))


@calls.act("/changes/{ref}/undo", "change.ask", "change undo")
def undo(caller: Caller, ref: str) -> Done:
    """Takes back a return, for a few days."""
    return _done(actions.undo_return(ref=ref, by=caller.user, now=caller.now))


@calls.rows("/winddowns", "change.see", "winddown list", row=NoticeRow)
def notices(_: Caller, project: str = "") -> Found:
    """Lists notices of winding down, the newest first."""
    return Found(
        rows=list_notices(project=project),
        tell=lambda one: next(iter(notice_rows([one]))),
        newest_first=True,
    )


@calls.read("/winddowns/{ref}", "change.see", answer=NoticeRow)
def notice(_: Caller, ref: str) -> Any:
    """Shows a notice of winding down."""
    return next(iter(notice_rows([find_notice(ref)])))


@calls.act("/winddowns", "winddown.notice", "winddown notice", makes="/winddowns/{ref}")
def give_notice(caller: Caller, body: NewNotice) -> Done:
    """Announces the end of a project; its lead may reply, and a second person confirms."""
    made = winding.give_notice(
        project=body.project,
        reason=body.reason,
        last_at=body.last_day,
        by=caller.user,
        now=caller.now,
    )
    return _noticed(made)


@calls.act("/winddowns/{ref}/reply", "winddown.reply", "winddown reply")
def reply(caller: Caller, ref: str, body: Words) -> Done:
    """Replies to a notice, for the project."""
    return _noticed(winding.reply_notice(ref=ref, words=body.words, by=caller.user, now=caller.now))


@calls.act("/winddowns/{ref}/confirm", "winddown.notice", "winddown confirm")
def confirm(caller: Caller, ref: str) -> Done:
    """Confirms a notice, as the second person."""
    return _noticed(winding.confirm_notice(ref=ref, by=caller.user, now=caller.now))


@calls.act("/winddowns/{ref}/hasten", "winddown.reply", "winddown hasten")
def hasten(caller: Caller, ref: str, body: LastDay) -> Done:
    """Consents, for the project, to an earlier last day."""
    return _noticed(
        winding.hasten_notice(ref=ref, last_at=body.last_day, by=caller.user, now=caller.now)
    )


@calls.act("/winddowns/{ref}/withdraw", "winddown.notice", "winddown withdraw")
def take_back(caller: Caller, ref: str) -> Done:
    """Takes a notice back; the project goes on."""
    return _noticed(winding.withdraw_notice(ref=ref, by=caller.user, now=caller.now))


@calls.rows(
    "/projects/{slug}/progress",
    "project.see",
    "progress list",
    row=row("ProgressRow", "round number:n due_at:at filed_at:at filed_by"),
)
def progress(_: Caller, slug: str) -> list[dict[str, object]]:
    """Lists a project's progress reports, the newest first."""
    return [
        {
            "round": one.round.slug,
            "number": one.number,
            "due_at": one.due_at,
            "filed_at": one.filed_at,
            "filed_by": one.filed_by.username,
        }
        for one in reports_filed(find_project(slug))
    ]


@calls.act("/projects/{slug}/progress", "progress.file", "progress file")
def file_progress(caller: Caller, slug: str, body: Progress) -> Done:
    """Files the report that a project owes; the figures come from the books."""
    made = reports.file_report(
        project=slug,
        done=body.done,
        outcomes=body.outcomes,
        coming=body.coming,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=slug, state="filed", words=f"Report {made.number} is in.")


def _pass(refusals: Any) -> None:
    if refusals:
        raise Refused(refusals)


def _done(held: Any) -> Done:
    return Done(ref=held.ref, state=held.state)


def _noticed(held: Any) -> Done:
    return Done(ref=held.ref, state=held.stage, words=f"Its last day is {held.last_at:%Y-%m-%d}.")
