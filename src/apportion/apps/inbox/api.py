"""What waits for whoever calls."""

from pydantic import Field

from apportion.apps.door.calls import Body, Caller, Calls, Done, row
from apportion.apps.inbox.actions import put_away
from apportion.apps.inbox.queries import inbox_of
from apportion.apps.inbox.wording import row_of

calls = Calls("inbox")


class Away(Body):
    """Something that was read."""

    key: str = Field(min_length=1, max_length=200)


@calls.rows(
    "/inbox",
    "inbox.see",
    "inbox",
    row=row("WaitingRow", "kind words act due_at:at since_at:at path key"),
)
def waiting(caller: Caller) -> list[dict[str, object]]:
    """Lists what waits for whoever calls, what is due first first."""
    return [row_of(one) for one in inbox_of(caller.user, now=caller.now)]


@calls.act("/inbox/away", "inbox.see", "inbox")
def away(caller: Caller, body: Away) -> Done:
    """Puts away what was read."""
    put_away(key=body.key, by=caller.user, now=caller.now)
    return Done(ref=body.key, state="away")
