"""Grants and the fast lane, for programs."""

from pydantic import AwareDatetime, Field

from apportion.apps.decide.publishing import to_tell
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.grant import fastlane_commands
from apportion.apps.grant.actions import grant_round, publish_round
from apportion.apps.grant.fastlane import advance_fast_lanes, look_at_award
from apportion.apps.grant.queries import list_grants
from apportion.apps.rounds.queries import find_round

calls = Calls("grants")


class GrantRow(Answer):
    """A grant. Units: base units, seconds of one unit."""

    project: str
    request: str
    resource: str
    amount: int
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Publish(Body):
    """Whether to say only what would be told."""

    dry_run: bool = False


class Finding(Body):
    """What was found of an award that was drawn."""

    is_fine: bool
    note: str = Field(default="", max_length=2000)


calls.listing(
    "/fastlane/checks",
    "fastlane.check",
    fastlane_commands.show,
    "fastlane list",
    row=row("CheckRow", "request project drawn_at:at finding checked_by note"),
)


@calls.rows("/rounds/{slug}/grants", "project.see", "grant list", row=GrantRow)
def grants(_: Caller, slug: str) -> list[dict[str, object]]:
    """Lists the grants of a round."""
    return [
        {
            "project": one.project.slug,
            "request": one.decision.request.ref,
            "resource": one.resource.code,
            "amount": one.amount,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
        }
        for one in list_grants(find_round(slug).slug)
    ]


@calls.act("/rounds/{slug}/grants", "slate.adopt", "grant round")
def pay(caller: Caller, slug: str) -> Done:
    """Pays the awards of a round's adopted slate; repeating it changes nothing."""
    paid = grant_round(row=find_round(slug), by=caller.user, now=caller.now)
    return Done(ref=slug, state="paid", words=f"{len(paid)} grants stand in the ledger.")


@calls.act("/rounds/{slug}/publish", "slate.adopt", "slate publish")
def publish(caller: Caller, slug: str, body: Publish) -> Done:
    """Publishes what was adopted and is not held back, and pays it, all at one instant."""
    held = find_round(slug)
    if body.dry_run:
        telling, back = to_tell(held, now=caller.now)
        words = f"{len(telling)} decisions would be told; {len(back)} are held back."
        return Done(ref=slug, state=held.state, words=words)
    told, paid = publish_round(row=held, by=caller.user, now=caller.now)
    words = f"{told} decisions are told; {len(paid)} grants stand in the ledger."
    return Done(ref=slug, state="published", words=words)


@calls.act("/fastlane/run", "slate.adopt", "fastlane run")
def run(caller: Caller) -> Done:
    """Grants the small asks that wait now; the office does it by itself every minute."""
    told = advance_fast_lanes(now=caller.now, seed=caller.entropy(16).hex())
    return Done(ref="fastlane", state="run", words="\n".join(told) or "No small ask waits.")


@calls.act("/fastlane/checks/{ref}", "fastlane.check", "fastlane check", method="PUT")
def check(caller: Caller, ref: str, body: Finding) -> Done:
    """Says of an award that was drawn whether it was rightly granted at once."""
    found = look_at_award(
        ref=ref, is_fine=body.is_fine, note=body.note, by=caller.user, now=caller.now
    )
    return Done(ref=ref, state=found.finding)
