"""The appeals reserve: what a round keeps back, what appeals took of it, and what one would take."""

from collections.abc import Mapping
from dataclasses import dataclass

from apportion.core.ids import RequestId, ResourceCode, RoundId, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.policy import Policy
from apportion.core.refusals import Code, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """What a round keeps for appeals of one resource. Units: base units."""

    kept: int
    taken: int

    @property
    def left(self) -> int:
        """What appeals may still take."""
        return max(0, self.kept - self.taken)


def reserves_of(policy: Policy, taken: Mapping[str, int]) -> dict[str, Reserve]:
    """Counts the reserve of each resource."""
    return {
        code: Reserve(kept=int(pool * policy.appeals_share), taken=taken.get(code, 0))
        for code, pool in sorted(policy.pool.items())
    }


def check_reserve(
    ref: str, extra: Mapping[str, int], reserves: Mapping[str, Reserve]
) -> Refusal | None:
    """Checks that the reserve can pay what a ruling adds.

    Refuses: NOT_ENOUGH.
    """
    for code, amount in sorted(extra.items()):
        left = reserves[code].left if code in reserves else 0
        if amount > left:
            remedy = "Uphold it in part, or send it back to the next round."
            numbers: dict[str, int | str] = {"resource": code, "wanted": amount, "left": left}
            return Refusal(
                code=Code.NOT_ENOUGH,
                subject=f"appeals reserve for {ref}",
                remedy=remedy,
                numbers=numbers,
            )
    return None


def pay_appeal(
    round_id: RoundId,
    request: RequestId,
    project: str,
    extra: Mapping[str, int],
    *,
    at_us: int,
) -> tuple[Transfer, ...]:
    """Pays what an appeal added to an award that was paid before. Units: epoch microseconds."""
    return tuple(
        Transfer(
            id=transfer_id(at_us // 1000, f"appeal:{request}:{code}"),
            debit=Key(Kind.POOL, round_id, ResourceCode(code)),
            credit=Key(Kind.PROJECT, project, ResourceCode(code)),
            amount=amount,
            code=TransferCode.GRANT,
            effective_us=at_us,
            source=f"appeal:{request}:{code}",
            note=f"appeal of {request}",
        )
        for code, amount in sorted(extra.items())
        if amount
    )
