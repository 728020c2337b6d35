"""The closed list of ways in which the office says no, in order of precedence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, StrEnum


class Code(Enum):
    """A reason to refuse. Listed first wins: of several, the earliest is told first.

    Each value is (precedence, what it means, may the same call succeed later unchanged).
    """

    NOT_ALLOWED = (10, "The person holds no role that may do this.", False)
    CONFLICT_OF_INTEREST = (20, "The person has a stake in what is judged.", False)
    NOT_FOUND = (30, "Nothing has this name.", True)
    NOT_ELIGIBLE = (35, "The rules of the call do not let this person or project ask.", True)
    ROUND_NOT_OPEN = (40, "The round does not take this step now.", True)
    WRONG_STATE = (50, "The thing is in a state from which this step is not possible.", False)
    STALE_PARENT = (60, "Somebody adopted another slate since this one was made.", False)
    STALE_DRAFT = (61, "Somebody saved other words in the same place since this was opened.", False)
    STALE_PREVIEW = (62, "The books have moved since this was previewed.", False)
    OVERLAPPING = (65, "Another directive holds in the same time.", True)
    ALREADY_DONE = (70, "This was done before with other content.", False)
    MINIMUM_ABOVE_ASK = (80, "The smallest useful amount is larger than the ask.", False)
    NOTHING_ASKED = (90, "The request asks for nothing.", False)
    OUT_OF_RANGE = (100, "A number lies outside what the policy allows.", False)
    INCOMPLETE = (110, "Something that the policy requires is missing.", False)
    REASON_MISSING = (120, "A denial or a cut needs a reason and the nearest way in.", False)
    BELOW_MINIMUM = (130, "The award is smaller than the smallest useful amount.", False)
    SEED_MISMATCH = (135, "The seed is not the one whose hash was published.", False)
    NOT_VERIFIED = (140, "The slate's certificate does not hold.", False)
    NOT_SIGNED = (141, "The signature or the proof under it does not hold.", False)
    NOT_RECONCILED = (142, "The books and the accounting do not agree on what was used.", True)
    ACCOUNT_UNKNOWN = (145, "The books have no such account.", True)
    ACCOUNT_CLOSED = (150, "The account takes no more transfers.", False)
    UNIT_MISMATCH = (160, "The two accounts count different units.", False)
    PERIOD_CLOSED = (162, "The transfer would take effect in a period that is closed.", False)
    HOLD_RESOLVED = (164, "The hold was posted, voided or has expired before.", False)
    HOLD_EXPIRED = (165, "The time of the hold is over.", False)
    BEYOND_HOLD = (166, "More would be taken than is held, or from or to another account.", False)
    ALREADY_REVERSED = (167, "The transfer was reversed before.", False)
    NOT_A_MIRROR = (168, "A reversal gives back exactly what one transfer took.", False)
    NOT_ENOUGH = (170, "The account would fall below its floor, holds counted.", True)
    ID_REUSED = (180, "The id belongs to a transfer with other content.", False)

    @property
    def precedence(self) -> int:
        """Smaller is told first."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """One sentence for the documentation."""
        return self.value[1]

    @property
    def retryable(self) -> bool:
        """Says whether the same call may succeed later."""
        return self.value[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The office says no: which rule, to what, with which numbers, and the nearest way in."""

    code: Code
    subject: str
    remedy: str
    numbers: dict[str, int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        numbers = ", ".join(f"{name} {value}" for name, value in self.numbers.items())
        detail = f" ({numbers})" if numbers else ""
        return f"{self.subject}: {self.code.meaning}{detail} {self.remedy}"


def refuse_step(subject: str, state: StrEnum, verb: StrEnum, remedy: str) -> Refusal:
    """Refuses a verb that leads nowhere from a state, naming both."""
    numbers: dict[str, int | str] = {"state": state.value, "step": verb.value}
    return Refusal(code=Code.WRONG_STATE, subject=subject, remedy=remedy, numbers=numbers)


class Refused(Exception):
    """Carries refusals out of an action, so that its transaction rolls back."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = by_precedence(refusals)
        super().__init__("\n".join(str(refusal) for refusal in self.refusals))


def by_precedence(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Orders refusals as they are told: by precedence, then by subject, then by what they say."""
    return tuple(sorted(refusals, key=lambda r: (r.code.precedence, r.subject, str(r))))
