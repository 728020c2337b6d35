"""Appeals for programs."""

import base64
import binascii
from fractions import Fraction

from pydantic import AwareDatetime, Field

from apportion.adapters.attachments.parse import kind_of, safe_name
from apportion.apps.appeal import actions, commands
from apportion.apps.appeal.queries import (
    can_read,
    changed_of,
    deciders_of,
    find_appeal,
    list_appeals,
    reserves_for,
    steps_of,
)
from apportion.apps.appeal.rulings import weigh_ruling
from apportion.apps.appeal.wording import appeal_rows
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, Found, row
from apportion.core.appeal.life import Changed, Ground, Verb
from apportion.core.faults import BadInput, Fault

calls = Calls("appeals")
Ref = Field(max_length=60)
Amounts: dict[str, int] = Field(default={}, max_length=20, description="Base units by resource.")


class Decider(Answer):
    """Somebody who decides, decided, or stepped down."""

    person: str
    signed_at: AwareDatetime | None
    recused_at: AwareDatetime | None


class AppealStep(Answer):
    """One step of an appeal."""

    at: AwareDatetime
    verb: str
    after: str


class AppealAnswer(Answer):
    """An appeal; its words and its ruling are told to who may read it whole. Units: base units."""

    ref: str
    request: str
    ground: str
    state: str
    filed_at: AwareDatetime
    answer_by_at: AwareDatetime
    words: str | None
    ruling: str | None
    reasons: str | None
    deciders: list[Decider]
    reserve_left: dict[str, int]
    steps: list[AppealStep]


class Facts(Body):
    """Facts that were not so, of those that the decision stood on."""

    minimum: dict[str, int] = Amounts
    ask: dict[str, int] = Amounts


class NewAppeal(Facts):
    """An appeal to file."""

    request: str = Ref
    ground: Ground
    words: str = Field(min_length=1, max_length=10_000)


class Ruling(Facts):
    """A ruling; `percent` of the ask where it is upheld in part, `score` in hundredths."""

    ruling: Verb
    reasons: str = Field(min_length=1, max_length=10_000)
    percent: int = Field(default=100, ge=1, le=100)
    score_hundredths: int | None = Field(default=None, ge=0, le=10_000)
    dry_run: bool = False


class Evidence(Body):
    """A file to attach."""

    name: str = Field(min_length=1, max_length=120)
    base64: str


class Recusal(Body):
    """Why one steps down."""

    why: str = Field(min_length=1, max_length=2000)


class Chair(Body):
    """Who is to decide."""

    person: str = Field(max_length=150)


AppealRow = row("AppealRow", "ref request area ground state filed_at:at answer_by:at over_at:at")
calls.listing(
    "/appeal-stats",
    "appeal.see",
    commands.stats,
    "appeal stats",
    row=row("AppealStatsRow", "area ruled:n overturned:n rate low high"),
)


@calls.rows("/appeals", "appeal.see", "appeal list", row=AppealRow)
def appeals(_: Caller, state: str = "") -> Found:
    """Lists appeals, the newest first, without what was written in them."""
    return Found(
        rows=list_appeals(state=state),
        tell=lambda one: next(iter(appeal_rows([one]))),
        newest_first=True,
    )


@calls.read("/appeals/{ref}", "appeal.see", "appeal show", answer=AppealAnswer)
def show(caller: Caller, ref: str) -> dict[str, object]:
    """Shows an appeal: who decides it, what is left of the reserve, every step."""
    held = find_appeal(ref)
    actions.demand_reader(held, caller.user)
    whole = can_read(caller.user, held)
    return {
        "ref": held.ref,
        "request": held.request.ref,
        "ground": held.ground,
        "state": held.state,
        "filed_at": held.filed_at,
        "answer_by_at": held.answer_by_at,
        "words": held.words if whole else None,
        "ruling": held.ruling or None,
        "reasons": (held.reasons or None) if whole else None,
        "deciders": [
            {
                "person": one.person.username,
                "signed_at": one.signed_at,
                "recused_at": one.recused_at,
            }
            for one in deciders_of(held)
        ],
        "reserve_left": {
            code: reserve.left for code, reserve in reserves_for(held.request.round).items()
        },
        "steps": steps_of(held),
    }


@calls.act("/appeals", "appeal.file", "appeal file", makes="/appeals/{ref}")
def file(caller: Caller, body: NewAppeal) -> Done:
    """Appeals a decision, while its window is open."""
    made = actions.file_appeal(
        request=body.request,
        ground=body.ground,
        words=body.words,
        changed=Changed(minimum=body.minimum, ask=body.ask),
        by=caller.user,
        now=caller.now,
    )
    people = ", ".join(one.person.username for one in deciders_of(made)) or "nobody yet"
    return Done(ref=made.ref, state=made.state, words=f"{people} decides it")


@calls.act("/appeals/{ref}/evidence", "appeal.file", "appeal file")
def attach(caller: Caller, ref: str, body: Evidence) -> Done:
    """Attaches a file to one's open appeal."""
    try:
        data = base64.b64decode(body.base64, validate=True)
    except (binascii.Error, ValueError):
        fault = Fault(file="base64", what="is not base64", remedy="Encode the file as base64")
        raise BadInput([fault]) from None
    kind = kind_of(data)
    if kind is None:
        remedy = "Attach a PDF, a picture or text"
        raise BadInput([Fault(file=body.name, what="of no known kind", remedy=remedy)])
    kept = actions.attach_evidence(
        ref=ref,
        name=safe_name(body.name, kind),
        kind=kind,
        body=data,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=ref, state="kept", words=kept.name)


@calls.act("/appeals/{ref}/ruling", "appeal.decide", "appeal decide")
def rule(caller: Caller, ref: str, body: Ruling) -> Done:
    """Writes the ruling, as one of those who decide; with the last signature it is carried out."""
    score = None if body.score_hundredths is None else Fraction(body.score_hundredths, 100)
    changed = Changed(minimum=body.minimum, ask=body.ask, score=score)
    share = Fraction(body.percent, 100)
    if body.dry_run:
        held = find_appeal(ref)
        actions.demand_reader(held, caller.user)
        facts = changed_of(held.changed) if changed.is_empty else changed
        whole = Fraction(1) if body.ruling is Verb.UPHOLD else share
        extra = weigh_ruling(held, body.ruling, whole, facts)
        words = ", ".join(f"{amount} of {code}" for code, amount in sorted(extra.items()))
        return Done(ref=ref, state=held.state, words=f"It would add {words or 'nothing'}.")
    made = actions.propose_ruling(
        ref=ref,
        ruling=body.ruling,
        reasons=body.reasons,
        share=share,
        changed=None if changed.is_empty else changed,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=ref, state=made.state)


@calls.act("/appeals/{ref}/sign", "appeal.decide", "appeal sign")
def sign(caller: Caller, ref: str) -> Done:
    """Signs the ruling."""
    return Done(ref=ref, state=actions.sign_ruling(ref=ref, by=caller.user, now=caller.now).state)


@calls.act("/appeals/{ref}/recuse", "appeal.decide", "appeal recuse")
def recuse(caller: Caller, ref: str, body: Recusal) -> Done:
    """Steps down as a decider; the next of the draw takes the chair."""
    held = actions.recuse(ref=ref, why=body.why, by=caller.user, now=caller.now)
    return Done(ref=ref, state=held.state)


@calls.act("/appeals/{ref}/deciders", "appeal.name", "appeal name")
def name(caller: Caller, ref: str, body: Chair) -> Done:
    """Names a decider where the draw found too few."""
    actions.name_decider(ref=ref, person=body.person, by=caller.user, now=caller.now)
    return Done(ref=ref, state="named", words=f"{body.person} decides")


@calls.act("/appeals/{ref}/withdraw", "appeal.file", "appeal withdraw")
def withdraw(caller: Caller, ref: str) -> Done:
    """Takes an appeal back before it is ruled on."""
    held = actions.withdraw_appeal(ref=ref, by=caller.user, now=caller.now)
    return Done(ref=ref, state=held.state)
