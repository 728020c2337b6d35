"""What an audit asks of periods and loans: are they what was sealed, and did closed time stay closed."""

from collections.abc import Iterator, Mapping
from datetime import UTC

from apportion.apps.ledger.audit_rows import differs
from apportion.apps.ledger.closing import period_record
from apportion.apps.ledger.loans import list_debts, loan_record
from apportion.apps.ledger.models import Checkpoint, Period, Record, Tip, Transfer
from apportion.core import journal
from apportion.core.ledger.audit import Difference
from apportion.core.periods import PeriodState
from apportion.core.windows import to_epoch_us


def term_faults(end: Tip) -> Iterator[Difference]:
    """Lists what differs in periods and loans."""
    closed = list(Period.objects.filter(state=PeriodState.CLOSED).order_by("ends_at"))
    last = to_epoch_us(closed[-1].ends_at) if closed else None
    if end.closed_before_us != last:
        yield differs("ledger_tip", "the tip", "closed_before_us", end.closed_before_us, last)
    sealed = _sealed("period")
    sizes = set(Checkpoint.objects.values_list("size", flat=True))
    for row in closed:
        record = journal.hash_leaf(period_record(row))
        if sealed.get(row.name) != record:
            yield differs("ledger_period", row.name, "sealed record", record.hex(), "another")
        if row.journal_size not in sizes:
            yield differs(
                "ledger_period", row.name, "journal_size", row.journal_size, "no checkpoint"
            )
        yield from _backdated(row)
    sealed = _sealed("loan")
    for debt in list_debts():
        record = journal.hash_leaf(loan_record(debt.loan))
        if sealed.get(debt.loan.ref) != record:
            yield differs("ledger_loan", debt.loan.ref, "sealed record", record.hex(), "another")


def _backdated(row: Period) -> Iterator[Difference]:
    """Nothing that was posted after a close takes effect before its period's end."""
    later = Transfer.objects.filter(
        seq__gte=row.journal_size or 0, effective_us__lt=to_epoch_us(row.ends_at)
    )
    first = later.order_by("seq").first()
    if first is not None:
        border = row.ends_at.astimezone(UTC).isoformat()
        name, said = f"seq {first.seq}", first.effective_at.isoformat()
        yield differs("ledger_transfer", name, "effective_at", said, f"{border} or later")


def _sealed(kind: str) -> Mapping[str, bytes]:
    rows = Record.objects.filter(kind=kind).order_by("seq").values_list("subject", "hash")
    return {subject: bytes(leaf) for subject, leaf in rows}
