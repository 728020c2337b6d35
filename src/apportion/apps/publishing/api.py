"""Whether the public record may tell one's own decisions, for programs."""

from pydantic import AwareDatetime

from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done
from apportion.apps.publishing.actions import say_consent
from apportion.apps.publishing.queries import said_by

calls = Calls("publishing")


class SaidRow(Answer):
    """A decided request and what its author said of it."""

    request: str
    round: str
    area: str
    outcome: str
    may_be_told: bool | None
    said_at: AwareDatetime | None


class Consent(Body):
    """Whether the public record may tell a decision."""

    gives: bool


@calls.rows("/my/consents", "request.file", "publishing list", row=SaidRow)
def mine(caller: Caller) -> list[object]:
    """Lists one's decided requests and what one said of each."""
    return list(said_by(caller.user))


@calls.act(
    "/requests/{ref}/publishing",
    "request.file",
    "publishing give",
    "publishing withdraw",
    method="PUT",
)
def say(caller: Caller, ref: str, body: Consent) -> Done:
    """Lets the public record tell a decision, or takes that back; records that are out stay out."""
    say_consent(ref=ref, gives=body.gives, by=caller.user, now=caller.now)
    return Done(ref=ref, state="given" if body.gives else "withdrawn")
