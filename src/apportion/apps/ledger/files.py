"""The tables of the books as files."""

from apportion.apps.ledger import loan_commands, queries
from apportion.apps.ledger.loans import list_debts
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route

MOST = 10_000  # transfers in one file
ACCOUNTS = ("kind", "owner", "unit", "credits", "debits", "balance")
TRANSFERS = ("seq", "effective_at", "code", "from", "to", "unit", "amount", "source")


def _accounts(visit: Visit) -> Rows:
    """In base units."""
    words = visit.GET.get("q", "").strip()
    return [
        {name: getattr(one, name) for name in ACCOUNTS} for one in queries.search_accounts(words)
    ]


def _transfers(_: Visit) -> Rows:
    """The newest first, in base units."""
    return [
        {
            "seq": one.seq,
            "effective_at": one.effective_at,
            "code": one.code,
            "from": f"{one.debit.kind}:{one.debit.owner}",
            "to": f"{one.credit.kind}:{one.credit.owner}",
            "unit": one.debit.unit,
            "amount": one.amount,
            "source": queries.its_words(one),
        }
        for one in queries.latest_transfers(MOST)
    ]


def _loans(visit: Visit) -> Rows:
    return [loan_commands.row_of(debt, debt.state(visit.now)) for debt in list_debts()]


accounts = file_route("ledger.see", "accounts", ACCOUNTS, _accounts)
transfers = file_route("ledger.see", "transfers", TRANSFERS, _transfers)
loans = file_route("ledger.see", "loans", loan_commands.COLUMNS, _loans)
