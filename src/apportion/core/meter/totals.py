"""Charges summed: per resource, and per account and resource."""

from collections.abc import Iterable
from dataclasses import dataclass

from apportion.core.meter.rate import Charge


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What was used of one resource, by one account or (empty) by all. Units as named."""

    account: str
    resource: str
    charges: int
    unit_seconds: int
    microcredits: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Both sums of the same charges, in alphabetical order."""

    by_resource: tuple[Total, ...]
    by_account: tuple[Total, ...]


def total(charges: Iterable[Charge]) -> Totals:
    """Sums charges; the accounts of a resource add up to its total exactly."""
    sums: dict[tuple[str, str], list[int]] = {}
    for charge in charges:
        key = (charge.segment.project, charge.segment.resource)
        found = sums.setdefault(key, [0, 0, 0])
        found[0] += 1
        found[1] += charge.unit_seconds
        found[2] += charge.microcredits
    whole: dict[tuple[str, str], list[int]] = {}
    for (_, resource), parts in sums.items():
        found = whole.setdefault(("", resource), [0, 0, 0])
        found[:] = [a + b for a, b in zip(found, parts, strict=True)]
    return Totals(_ordered(whole), _ordered(sums))


def _ordered(sums: dict[tuple[str, str], list[int]]) -> tuple[Total, ...]:
    return tuple(
        Total(
            account=account,
            resource=resource,
            charges=parts[0],
            unit_seconds=parts[1],
            microcredits=parts[2],
        )
        for (account, resource), parts in sorted(sums.items())
    )
