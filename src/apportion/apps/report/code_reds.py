"""Code reds as the public record tells them: how many were kept, what was lent, what came back."""

from dataclasses import dataclass

from apportion.apps.directive.queries import register
from apportion.core.directive.terms import OWING, State

NEVER_CALLED = frozenset({State.DRAFT, State.PREVIEWED, State.SIGNED, State.WITHDRAWN})
BROKEN = frozenset({State.BROKEN, State.PAID_LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReds:
    """All directives that ever came into force. Units: lent and owed in base units by resource.

    Shape: `broken` were not paid back in time, whether or not they were later.
    """

    called: int
    in_force: int
    owing: int  # over, and not due yet
    kept: int
    broken: int
    lent: dict[str, int]
    owed: dict[str, int]


def count_code_reds() -> CodeReds:
    """Counts directives by how they went; none of them is named, for a name may name a project."""
    rows = [(State(row.state), accounts) for row, accounts in register()]
    called = [(state, accounts) for state, accounts in rows if state not in NEVER_CALLED]
    lent: dict[str, int] = {}
    owed: dict[str, int] = {}
    for _, accounts in called:
        for one in accounts:
            lent[one.resource] = lent.get(one.resource, 0) + one.lent
            owed[one.resource] = owed.get(one.resource, 0) + one.owed
    states = [state for state, _ in called]
    return CodeReds(
        called=len(states),
        in_force=states.count(State.IN_FORCE),
        owing=sum(state in OWING and state not in BROKEN for state in states),
        kept=states.count(State.PAID_BACK),
        broken=sum(state in BROKEN for state in states),
        lent=lent,
        owed=owed,
    )
