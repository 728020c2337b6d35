"""Opinions, and what the chair of a round does, for programs."""

from typing import Any

from pydantic import Field

from apportion.apps.apply import drafts
from apportion.apps.apply.queries import Request, find_request
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, Found, row
from apportion.apps.people.queries import find_person
from apportion.apps.review import assigning, chasing, panel_commands
from apportion.apps.review.actions import (
    assign_reviewer,
    declare_conflict,
    decline_opinion,
    write_opinion,
)
from apportion.apps.review.conflicts import recheck_conflicts
from apportion.apps.review.queries import Written, opinions_of, reviews_of
from apportion.apps.review.replies import demand_applicant, unnamed_opinions, write_reply
from apportion.apps.rounds.queries import find_area, find_round
from apportion.core.refusals import Code, Refusal, Refused

calls = Calls("reviews")
Why = Field(min_length=1, max_length=2000)
ASKED = row("AskedRow", "request reviewer fit:x stands")


class OpinionRow(Answer):
    """An opinion. Units: hundredths of a point."""

    request: str
    reviewer: str | None
    score_hundredths: int | None
    minimum_percent: int | None
    comment: str


class Score(Body):
    """An opinion: points in hundredths, or a mark for each criterion of the round."""

    score_hundredths: int | None = Field(default=None, ge=0, le=10_000)
    marks: dict[str, int] | None = None
    comment: str = Field(default="", max_length=20_000)
    minimum_percent: int | None = Field(default=None, ge=0, le=100)


class Reason(Body):
    """Why."""

    reason: str = Why


class Reply(Body):
    """What the applicant says to the opinions."""

    text: str = Field(min_length=1, max_length=20_000)


class Reader(Body):
    """Who is to read."""

    reviewer: str = Field(max_length=150)


class Pair(Body):
    """A request and who reads it."""

    request: str = Field(max_length=60)
    reviewer: str = Field(max_length=150)


class Pairs(Body):
    """Changes to what is suggested; without any, suggestions are made anew."""

    add: list[Pair] = Field(default=[], max_length=1000)
    drop: list[Pair] = Field(default=[], max_length=1000)
    send: bool = Field(default=False, description="Ask everybody who is suggested.")
    dry_run: bool = False


class Expertise(Body):
    """What a reviewer knows and how much they can read."""

    keywords: str = Field(default="", max_length=2000)
    areas: list[str] = Field(default=[], max_length=100)
    most: int | None = Field(default=None, ge=0, le=1000)


class Dry(Body):
    """Whether to say only what would be done."""

    dry_run: bool = False


@calls.rows("/my/reviews", "review.write", "review list", row=OpinionRow)
def mine(caller: Caller) -> Found:
    """Lists what one is asked to read."""
    return Found(rows=reviews_of(caller.user), tell=_tell)


@calls.rows("/requests/{ref}/opinions", "review.see", "review list", row=OpinionRow)
def opinions(caller: Caller, ref: str) -> list[dict[str, object]]:
    """Lists the opinions on a request that count; who stands behind it reads them without names."""
    held = find_request(ref)
    if drafts.writes(caller.user, held):
        remedy = "Yours are at /requests/{ref}/read, without names."
        raise Refused([Refusal(code=Code.CONFLICT_OF_INTEREST, subject=ref, remedy=remedy)])
    return [_tell(one) for one in opinions_of(held) if one.written_at]


@calls.rows(
    "/requests/{ref}/read",
    "review.reply",
    "review read",
    row=row("ReadRow", "name score_hundredths:n minimum_percent:n comment"),
)
def read(caller: Caller, ref: str) -> list[Any]:
    """Lists the opinions on one's request: in no order, without names."""
    held = find_request(ref)
    demand_applicant(held, caller.user)
    return list(unnamed_opinions(held))


@calls.act("/requests/{ref}/opinion", "review.write", "review score", method="PUT")
def score(caller: Caller, ref: str, body: Score) -> Done:
    """Gives an opinion of a request, or changes it."""
    write_opinion(
        request=find_request(ref),
        by=caller.user,
        score_hundredths=body.score_hundredths,
        marks=body.marks,
        comment=body.comment,
        minimum_percent=body.minimum_percent,
        now=caller.now,
    )
    return Done(ref=ref, state="written")


@calls.act("/requests/{ref}/opinion/decline", "review.write", "review decline")
def decline(caller: Caller, ref: str, body: Reason) -> Done:
    """Says that one will not read a request; where one has a stake, declare it instead."""
    decline_opinion(request=find_request(ref), by=caller.user, reason=body.reason, now=caller.now)
    return Done(ref=ref, state="declined")


@calls.act("/requests/{ref}/conflict", "review.write", "review declare")
def declare(caller: Caller, ref: str, body: Reason) -> Done:
    """Declares a stake in a request; an opinion already given is kept and no longer counts."""
    declare_conflict(request=find_request(ref), by=caller.user, reason=body.reason, now=caller.now)
    return Done(ref=ref, state="declared")


@calls.act("/requests/{ref}/reviewers", "review.assign", "review ask")
def ask(caller: Caller, ref: str, body: Reader) -> Done:
    """Asks one reviewer for an opinion."""
    assign_reviewer(
        request=find_request(ref),
        reviewer=find_person(body.reviewer),
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=ref, state="asked", words=f"{body.reviewer} is asked")


@calls.act("/requests/{ref}/reply", "review.reply", "review reply")
def reply(caller: Caller, ref: str, body: Reply) -> Done:
    """Replies to the opinions of one's request, once, before the decision."""
    write_reply(request=find_request(ref), by=caller.user, text=body.text, now=caller.now)
    return Done(ref=ref, state="replied")


@calls.act(
    "/rounds/{slug}/assignments",
    "review.assign",
    "review assign",
    answer=list[ASKED],  # type: ignore[valid-type]  # made of its columns
)
def assign(caller: Caller, slug: str, body: Pairs) -> list[dict[str, object]]:
    """Suggests who reads what; changes what is suggested; asks them all."""
    held, now = find_round(slug), caller.now
    if body.dry_run:
        return [
            {"request": one.ref, "reviewer": one.reader, "fit": one.fit, "stands": "planned"}
            for one in assigning.plan_round(held, now=now).plan.pairs
        ]
    if not (body.add or body.drop or body.send):
        assigning.suggest_reviewers(row=held, by=caller.user, now=now)
    for pairs, wanted in ((body.add, True), (body.drop, False)):
        for pair in pairs:
            assigning.edit_suggestion(
                request=find_request(pair.request),
                reviewer=find_person(pair.reviewer),
                wanted=wanted,
                by=caller.user,
                now=now,
            )
    if body.send:
        asked = assigning.send_suggestions(row=held, by=caller.user, now=now)
        return [_pair(one, "asked") for one in asked]
    return [{**_pair(one, "suggested"), "fit": one.fit} for one in assigning.suggestions_of(held)]


@calls.act(
    "/rounds/{slug}/reminders",
    "review.assign",
    "review chase",
    answer=list[row("ChasedRow", "request reviewer assigned_at:at")],  # type: ignore[misc]
)
def chase(caller: Caller, slug: str, body: Dry) -> list[dict[str, object]]:
    """Reminds everybody who has still to write, at most once a day."""
    held = find_round(slug)
    rows = (
        chasing.overdue_of(held)
        if body.dry_run
        else chasing.chase_by_hand(row=held, by=caller.user, now=caller.now)
    )
    return [{**_pair(one, ""), "assigned_at": one.assigned_at} for one in rows]


@calls.act("/rounds/{slug}/conflicts/recheck", "review.assign", "review recheck")
def recheck(caller: Caller, slug: str) -> Done:
    """Sets aside the opinions of those who have become conflicted since."""
    told = recheck_conflicts(row=find_round(slug), by=caller.user, now=caller.now)
    return Done(ref=slug, state="checked", words="\n".join(told) or "Nothing to set aside.")


@calls.act("/reviewers/{username}/expertise", "review.see", "review expertise", method="PUT")
def expertise(caller: Caller, username: str, body: Expertise) -> Done:
    """Says what a reviewer knows about and how much they can read."""
    assigning.set_expertise(
        person=find_person(username),
        keywords=body.keywords,
        areas=[find_area(slug) for slug in body.areas],
        most=body.most,
        by=caller.user,
    )
    return Done(ref=username, state="kept")


calls.listing(
    "/rounds/{slug}/conflicts",
    "review.panel",
    panel_commands.conflicts,
    "review conflicts",
    row=row("ConflictRow", "request reviewer ground why"),
)
calls.listing(
    "/rounds/{slug}/panel",
    "review.panel",
    panel_commands.panel,
    "review panel",
    row=row(
        "PanelRow",
        "request title area opinions:n waiting:n wanted:n average low high spread"
        " reviewers_minimum_percent outliers replied",
    ),
)
calls.listing(
    "/rounds/{slug}/review-log",
    "review.panel",
    panel_commands.log,
    "review log",
    row=row("ReviewLogRow", "at:at request kind person by words"),
)


def _tell(held: Written) -> dict[str, object]:
    request: Request = held.request
    return {
        "request": request.ref,
        "reviewer": held.reviewer.username,
        "score_hundredths": held.score_hundredths,
        "minimum_percent": held.minimum_percent,
        "comment": held.comment,
    }


def _pair(held: Any, stands: str) -> dict[str, object]:
    return {
        "request": held.request.ref,
        "reviewer": held.reviewer.username,
        "stands": stands,
    }
