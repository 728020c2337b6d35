"""Directives ("code red") for programs, from the draft to the last payment."""

from typing import Any

from pydantic import AwareDatetime, Field

from apportion.apps.directive import commands
from apportion.apps.directive.actions import (
    adopt_directive,
    draft_directive,
    end_directive,
    make_preview,
    sign_directive,
    withdraw_directive,
)
from apportion.apps.directive.queries import document_of, find_directive, latest_preview
from apportion.apps.directive.wording import tell_preview
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.rounds.queries import resource_units

calls = Calls("directives")


class DirectiveStep(Answer):
    """One step of a directive."""

    verb: str
    after: str
    at: AwareDatetime


class DirectiveAnswer(Answer):
    """A directive: its steps, signatures and newest preview."""

    ref: str
    state: str
    purpose: str
    steps: list[DirectiveStep]
    preview: int | None
    signatures: int
    signers: int | None
    document: dict[str, Any] | None


class PreviewAnswer(Answer):
    """What a directive would do to whom."""

    ref: str
    number: int
    signers: int
    sentences: list[str]
    document: dict[str, Any]


class Draft(Body):
    """The text of a directive.toml."""

    toml: str = Field(min_length=1, max_length=1_000_000)


class Preview(Body):
    """A replay's JSON, attached beside the office's own."""

    replay: dict[str, Any] | None = None


class Signature(Body):
    """The number of the preview that was read."""

    preview: int = Field(ge=1)


calls.listing(
    "/directives",
    "directive.see",
    commands.show_all,
    "codered list",
    row=row(
        "DirectiveRow",
        "directive state for from:at until:at payback_by:at resource lent owed premium"
        " premium_paid purpose",
    ),
)


@calls.read("/directives/{ref}", "directive.see", "codered show", answer=DirectiveAnswer)
def show(_: Caller, ref: str) -> dict[str, object]:
    """Shows a directive: its steps, signatures and newest preview."""
    held = find_directive(ref)
    newest = latest_preview(held)
    return {
        "ref": held.ref,
        "state": held.state,
        "purpose": held.purpose,
        "steps": list(held.steps.all()),
        "preview": newest.number if newest else None,
        "signatures": len(newest.signatures.all()) if newest else 0,
        "signers": newest.signers if newest else None,
        "document": document_of(newest) if newest else None,
    }


@calls.act("/directives", "directive.draft", "codered draft", makes="/directives/{ref}")
def draft(caller: Caller, body: Draft) -> Done:
    """Keeps the terms of a directive.toml; nothing is lent yet."""
    return _done(draft_directive(toml=body.toml, by=caller.user, now=caller.now))


@calls.act("/directives/{ref}/previews", "directive.draft", "codered preview", answer=PreviewAnswer)
def preview(caller: Caller, ref: str, body: Preview) -> dict[str, object]:
    """Works out what a directive would do to whom, and keeps it for the signers."""
    made = make_preview(
        ref=ref, by=caller.user, now=caller.now, replay=body.replay, tell=lambda _: None
    )
    document = document_of(made)
    return {
        "ref": ref,
        "number": made.number,
        "signers": made.signers,
        "sentences": list(tell_preview(document, resource_units())),
        "document": document,
    }


@calls.act("/directives/{ref}/sign", "directive.sign", "codered sign")
def sign(caller: Caller, ref: str, body: Signature) -> Done:
    """Signs a preview; whoever drafted the directive or gains by it may not."""
    return _done(sign_directive(ref=ref, number=body.preview, by=caller.user, now=caller.now))


@calls.act("/directives/{ref}/adopt", "directive.adopt", "codered adopt")
def adopt(caller: Caller, ref: str) -> Done:
    """Puts a signed directive in force: its loans are posted, all or none."""
    return _done(adopt_directive(ref=ref, by=caller.user, now=caller.now))


@calls.act("/directives/{ref}/end", "directive.end", "codered end")
def end(caller: Caller, ref: str) -> Done:
    """Ends a directive before its time; what is left of the loans goes back at once."""
    return _done(end_directive(ref=ref, by=caller.user, now=caller.now))


@calls.act("/directives/{ref}/withdraw", "directive.draft", "codered withdraw")
def withdraw(caller: Caller, ref: str) -> Done:
    """Takes back a directive that was never adopted."""
    return _done(withdraw_directive(ref=ref, by=caller.user, now=caller.now))


def _done(held: Any) -> Done:
    return Done(ref=held.ref, state=held.state, words=held.purpose)
