"""What of a charge is given back, by the state in which its job ended: the site's policy."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from apportion.core.faults import BadInput, Fault
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode

WHOLE = 1_000_000  # shares are parts of a million
SIX_PLACES = Decimal(1) / WHOLE


def read_refunds(text: str, *, file: str) -> dict[str, int]:
    """Reads `NODE_FAIL=1,PREEMPTED=0.5`: the share that is given back, by state.

    Units: millionths.
    Raises: BadInput with every part that cannot be read.
    """
    found: dict[str, int] = {}
    faults: list[Fault] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        state, _, share = part.partition("=")
        try:
            exact = Decimal(share)
            fits = exact.is_finite() and 0 <= exact <= 1 and exact == exact.quantize(SIX_PLACES)
        except InvalidOperation:
            fits = False
        if not fits or not state.strip():
            what, remedy = "not a share of a state", "Write NODE_FAIL=1,PREEMPTED=0.5"
            faults.append(Fault(file=file, value=part, what=what, remedy=remedy))
            continue
        found[state.strip().upper()] = int(exact * WHOLE)
    if faults:
        raise BadInput(faults)
    return found


def share_of(unit_seconds: int, state: str, *, policy: Mapping[str, int]) -> int:
    """Gives what of a charge is given back, rounded down to a whole unit-second."""
    return unit_seconds * policy.get(state, 0) // WHOLE


def refund_leg(
    *, charge_id: bytes, project: str, resource: str, amount: int, at_us: int
) -> Transfer:
    """Gives a part of a charge back to the project; a charge has one refund for ever."""
    source = f"refund:{charge_id.hex()}"
    return Transfer(
        id=transfer_id(int.from_bytes(charge_id[:6]), source),
        debit=Key(Kind.CONSUMED, project, resource),
        credit=Key(Kind.PROJECT, project, resource),
        amount=amount,
        code=TransferCode.REFUND,
        source=source,
        effective_us=at_us,
    )


def late_leg(leg: Transfer, *, closed_before_us: int | None) -> Transfer:
    """Moves a refund of a closed period to the first instant of the open one."""
    if closed_before_us is None or leg.effective_us >= closed_before_us:
        return leg
    return replace(leg, effective_us=closed_before_us)
