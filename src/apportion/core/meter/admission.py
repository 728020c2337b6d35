"""May a job be sent: what it would use at most, against what its project may still spend."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.refusals import Code, Refusal

ANY_GPU = "gpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a job asks of the scheduler: units per resource and task, for so long at most.

    Units: seconds; None where the job names no limit. A GPU without a type is `gpu`.
    """

    account: str
    units: Mapping[str, int]
    seconds: int | None
    tasks: int = 1
    user: str = ""  # whose job it is; empty where nobody says


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a job would use at most, per resource that some round gives. Units: base units."""

    project: str
    amounts: Mapping[str, int]


def bill_of(ask: Ask, *, project: str, counted: Iterable[str]) -> Bill | Refusal:
    """Reckons a job's worst case: its whole time limit, all of its tasks.

    A GPU without a type is what the office counts, where it counts GPUs of one type only.

    Refuses: INCOMPLETE where there is no time limit or no one type.
    """
    known = frozenset(counted)
    if ask.seconds is None:
        return _incomplete(project, "Name a time limit: #SBATCH --time=4:00:00.")
    amounts: dict[str, int] = {}
    for resource, units in ask.units.items():
        code = resource
        if resource == ANY_GPU and ANY_GPU not in known:
            typed = sorted(name for name in known if name.startswith(f"{ANY_GPU}:"))
            if len(typed) > 1:
                names = ", ".join(name.partition(":")[2] for name in typed)
                return _incomplete(project, f"Name the GPUs' type, one of {names}.")
            code = typed[0] if typed else resource
        if code in known and units:
            amounts[code] = amounts.get(code, 0) + units * ask.seconds * ask.tasks
    return Bill(project=project, amounts=amounts)


def refuse_bill(bill: Bill, *, available: Mapping[Key, int]) -> tuple[Refusal, ...]:
    """Says what a job's project lacks, nothing where it lacks nothing.

    Units: `available` is what accounts may still spend, holds left out.
    Refuses: NOT_ENOUGH.
    """
    found = []
    for resource, needed in sorted(bill.amounts.items()):
        left = available.get(Key(Kind.PROJECT, bill.project, resource), 0)
        if needed > left:
            found.append(
                Refusal(
                    code=Code.NOT_ENOUGH,
                    subject=f"project {bill.project}, {resource}",
                    remedy="Ask for less or for a shorter time, or file a supplement.",
                    numbers={
                        "needed_seconds": needed,
                        "available_seconds": left,
                        "missing_seconds": needed - left,
                    },
                )
            )
    return tuple(found)


def refuse_caps(
    bill: Bill, *, user: str, caps: Mapping[str, int | None], used: Mapping[str, int]
) -> tuple[Refusal, ...]:
    """Says which caps of whoever sends a job it would go beyond.

    Units: base units of each resource that are allowed in all, and that were used.
    Refuses: NOT_ENOUGH.
    """
    found = []
    for resource, needed in sorted(bill.amounts.items()):
        cap = caps.get(resource)
        left = None if cap is None else max(0, cap - used.get(resource, 0))
        if cap is not None and left is not None and needed > left:
            found.append(
                Refusal(
                    code=Code.NOT_ENOUGH,
                    subject=f"cap of {user} in project {bill.project}, {resource}",
                    remedy="Ask for less or for a shorter time, or ask the project's lead for more.",
                    numbers={
                        "cap_seconds": cap,
                        "needed_seconds": needed,
                        "available_seconds": left,
                        "missing_seconds": needed - left,
                    },
                )
            )
    return tuple(found)


def hold_leg(
    *, cluster: str, job: str, owner: str, resource: str, amount: int, at_us: int, until_us: int
) -> Transfer:
    """Promises an amount of a project's credits to a job."""
    source = f"jobhold:{cluster}:{job}:{resource}:{at_us}"
    return Transfer(
        id=transfer_id(at_us // 1000, source),
        debit=Key(Kind.PROJECT, owner, resource),
        credit=Key(Kind.CONSUMED, owner, resource),
        amount=amount,
        code=TransferCode.HOLD,
        source=source,
        effective_us=at_us,
        expires_us=until_us,
    )


def _incomplete(project: str, remedy: str) -> Refusal:
    return Refusal(code=Code.INCOMPLETE, subject=f"a job of {project}", remedy=remedy)
