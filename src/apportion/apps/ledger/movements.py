"""What moved in the accounts of projects besides usage: grants, refunds, loans and paybacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from apportion.apps.ledger.models import Account, Transfer
from apportion.apps.ledger.queries import PENDING, USAGE, key_of
from apportion.core.ledger import Key, Kind, TransferCode

CHUNK = 5_000
OF_USAGE = frozenset({Kind.CONSUMED, Kind.OVERRUN, Kind.SUSPENSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One change of a project's account. Units: base units, positive in, negative out."""

    id: str
    project: str
    resource: str
    code: TransferCode
    at: datetime
    amount: int
    other: Key


def project_movements() -> Iterator[Movement]:
    """Gives every change of a project's account that is no usage and no promise, by its place.

    What corrects usage stands in the charges themselves and is left out; a refund is told.
    """
    accounts = {row.pk: key_of(row) for row in Account.objects.all()}
    rows = Transfer.objects.exclude(code_number__in=(*USAGE, *PENDING)).order_by("seq")
    for row in rows.iterator(chunk_size=CHUNK):
        sides = ((row.credit_id, row.debit_id, 1), (row.debit_id, row.credit_id, -1))
        for mine, others, sign in sides:
            key, other = accounts[mine], accounts[others]
            if key.kind is not Kind.PROJECT:
                continue
            if other.kind in OF_USAGE and row.code is not TransferCode.REFUND:
                continue
            yield Movement(
                id=bytes(row.transfer_id).hex(),
                project=key.owner,
                resource=key.unit,
                code=row.code,
                at=row.effective_at,
                amount=sign * row.amount,
                other=other,
            )


def late_transfers() -> Iterator[str]:
    """Gives the ids of usage that was posted after its period was closed."""
    rows = Transfer.objects.filter(code_number=TransferCode.LATE.number).order_by()
    ids = rows.values_list("transfer_id", flat=True)
    return (bytes(one).hex() for one in ids.iterator(chunk_size=CHUNK))
