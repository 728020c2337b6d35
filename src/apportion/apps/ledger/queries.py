"""Reads of the books: rows to facts of the core."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth

from apportion.apps.ledger.models import Account, Leaf, Tip, Transfer
from apportion.core import journal
from apportion.core.ledger import Key, Kind, TransferCode, payload
from apportion.core.ledger import Transfer as Leg

BATCH = 5_000  # ids asked for in one statement; below the variable limits of both databases


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement. Units: base units, positive in, negative out."""

    seq: int
    at: datetime
    code: TransferCode
    source: str
    other: Key
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What an auditor asks of the books first."""

    transfers: int
    leaves: int
    root: bytes
    sums: dict[str, int]  # per unit; zero in sound books
    faults: tuple[str, ...]


def key_of(account: Account) -> Key:
    """Names an account as the core does."""
    return Key(Kind(account.kind), account.owner, account.unit)


def balance_of(key: Key) -> int:
    """Reads the balance of one account; zero where there is none."""
    row = Account.objects.filter(kind=key.kind, owner=key.owner, unit=key.unit).first()
    return row.balance if row else 0


def balances(*, kind: Kind | None = None, owner: str | None = None) -> dict[Key, int]:
    """Reads the balances of all accounts of a kind or an owner."""
    rows = Account.objects.all()
    if kind is not None:
        rows = rows.filter(kind=kind)
    if owner is not None:
        rows = rows.filter(owner=owner)
    return {key_of(row): row.balance for row in rows}


def find_accounts(keys: Iterable[Key]) -> dict[Key, Account]:
    """Finds the rows of many accounts in few statements."""
    wanted = set(keys)
    owners = sorted({key.owner for key in wanted})
    found: dict[Key, Account] = {}
    for at in range(0, len(owners), BATCH):
        for row in Account.objects.filter(owner__in=owners[at : at + BATCH]):
            if key_of(row) in wanted:
                found[key_of(row)] = row
    return found


def find_payloads(ids: Sequence[bytes]) -> dict[bytes, bytes]:
    """Finds which transfer ids stand in the books, each with what it says."""
    found: dict[bytes, bytes] = {}
    for at in range(0, len(ids), BATCH):
        rows = Transfer.objects.filter(transfer_id__in=ids[at : at + BATCH])
        for row in rows.select_related("debit", "credit"):
            leg = leg_of(row)
            found[leg.id] = payload(leg)
    return found


def leg_of(row: Transfer) -> Leg:
    """Turns a row into the core's transfer, exactly as it was posted."""
    return Leg(
        id=bytes(row.transfer_id),
        group=row.group,
        debit=key_of(row.debit),
        credit=key_of(row.credit),
        amount=row.amount,
        code=TransferCode(row.code),
        source=row.source,
        effective_ms=round(row.effective_at.timestamp() * 1000),
    )


def statement(key: Key, *, limit: int | None = None, offset: int = 0) -> list[Line]:
    """Lists what moved an account, newest first; all lines together sum to the balance."""
    account = find_accounts([key]).get(key)
    if account is None:
        return []
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    rows = rows.select_related("debit", "credit").order_by("-effective_at", "-seq")
    page = rows[offset : offset + limit] if limit is not None else rows[offset:]
    return [_line(row, account) for row in page]


def totals_by_code(key: Key) -> dict[TransferCode, int]:
    """Sums what moved an account by code: in positive, out negative."""
    account = find_accounts([key]).get(key)
    totals: dict[TransferCode, int] = {}
    if account is None:
        return totals
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(**{side: account}).order_by()
        for code, total in rows.values_list("code").annotate(Sum("amount")):
            totals[TransferCode(code)] = totals.get(TransferCode(code), 0) + sign * int(total)
    return totals


def tip() -> Tip:
    """Reads the end of the books: last seq and journal size."""
    return Tip.objects.filter(pk=1).first() or Tip(id=1)


def root() -> bytes:
    """Reads the journal's root."""
    return root_at(tip())


def root_at(end: Tip) -> bytes:
    """Gives the journal's root at a tip that was read before."""
    return journal.frontier_root(bytes(end.frontier))


def subtrees_at(end: Tip) -> tuple[bytes, ...]:
    """Gives the roots of the journal's complete subtrees, largest first: what its root folds."""
    frontier, size = bytes(end.frontier), journal.HASH_BYTES
    return tuple(frontier[at : at + size] for at in range(0, len(frontier), size))


def check_books() -> Health:
    """Recomputes the books from the transfers alone and lists what does not agree."""
    end = tip()
    faults: list[str] = []
    count, leaves = Transfer.objects.count(), list(Leaf.objects.values_list("hash", flat=True))
    if count != end.seq:
        faults.append(f"the tip counts {end.seq} transfers, the books hold {count}")
    root_now = journal.root_of([bytes(leaf) for leaf in leaves])
    if root_now != journal.frontier_root(bytes(end.frontier)) or len(leaves) != end.size:
        faults.append(f"the journal's {len(leaves)} leaves do not give its root")
    faults += _folded_faults()
    faults += _leaf_faults()
    sums = (
        Account.objects.order_by().values_list("unit").annotate(s=Sum(F("credits") - F("debits")))
    )
    totals = {unit: int(total) for unit, total in sums}
    faults += [f"{unit} accounts sum to {total}, not 0" for unit, total in totals.items() if total]
    return Health(
        transfers=count, leaves=len(leaves), root=root_now, sums=totals, faults=tuple(faults)
    )


def prove_leaf(index: int) -> tuple[bytes, tuple[bytes, ...], int, bytes]:
    """Gives leaf hash, path, size and root, with which anyone can check one leaf offline.

    Raises: IndexError where there is no such leaf.
    """
    leaves = [bytes(leaf) for leaf in Leaf.objects.values_list("hash", flat=True)]
    subtrees = journal.subtrees_of(leaves)
    path = journal.prove_inclusion(subtrees, index=index, size=len(leaves))
    return leaves[index], path, len(leaves), journal.root_at(subtrees, len(leaves))


def _line(row: Transfer, account: Account) -> Line:
    out = row.debit_id == account.pk
    return Line(
        seq=row.seq,
        at=row.effective_at.astimezone(UTC),
        code=TransferCode(row.code),
        source=row.source,
        other=key_of(row.credit if out else row.debit),
        amount=-row.amount if out else row.amount,
    )


def _folded_faults() -> list[str]:
    """Compares each account's counters with the sum of its transfers."""
    folded: dict[int, list[int]] = {}
    for place, side in enumerate(("debit", "credit")):
        rows = Transfer.objects.order_by().values_list(side).annotate(Sum("amount"))
        for account, total in rows:
            folded.setdefault(account, [0, 0])[place] = int(total)
    return [
        f"{row} says {row.debits}/{row.credits}, its transfers {folded.get(row.pk, [0, 0])}"
        for row in Account.objects.all()
        if [row.debits, row.credits] != folded.get(row.pk, [0, 0])
    ]


def _leaf_faults() -> list[str]:
    """Compares each sealed transfer with its row: a changed row is found."""
    rows = Transfer.objects.select_related("debit", "credit").order_by("seq")
    sealed = Leaf.objects.filter(kind="transfer").order_by("index")
    pairs = zip(rows.iterator(), sealed.values_list("hash", flat=True).iterator(), strict=False)
    return [
        f"transfer {row.seq} is not what was sealed"
        for row, sealed_hash in pairs
        if journal.hash_leaf(payload(leg_of(row))) != bytes(sealed_hash)
    ]


def credited(*, kind: Kind, until: datetime) -> dict[Key, int]:
    """Sums what the accounts of a kind were given up to an instant, less what was taken back.

    Usage is left out. Units: base units.
    """
    given: dict[Key, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(**{f"{side}__kind": kind}, effective_at__lte=until)
        rows = rows.exclude(code=TransferCode.SETTLE).order_by()
        totals = rows.values_list(f"{side}__owner", f"{side}__unit").annotate(Sum("amount"))
        for owner, unit, total in totals:
            key = Key(kind, owner, unit)
            given[key] = given.get(key, 0) + sign * int(total)
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a page's statement; the jobs of a month are one. Units: base units."""

    at: datetime
    code: TransferCode
    source: str
    transfers: int
    amount: int  # positive in, negative out

    @property
    def size(self) -> int:
        """Gives the amount without its sign."""
        return abs(self.amount)


def grouped_statement(key: Key) -> list[Entry]:
    """Lists what moved an account, newest first, the settled jobs of each month as one line.

    All lines together sum to the balance.
    """
    account = find_accounts([key]).get(key)
    if account is None:
        return []
    entries = [_entry(line) for line in _lines_but_jobs(account)]
    into, out_of = Q(credit=account), Q(debit=account)
    jobs = Transfer.objects.filter(into | out_of, code=TransferCode.SETTLE).order_by()
    months = jobs.annotate(month=TruncMonth("effective_at", tzinfo=UTC)).values("month")
    months = months.annotate(
        plus=Sum("amount", filter=into, default=0),
        minus=Sum("amount", filter=out_of, default=0),
        number=Count("seq"),
        last=Max("effective_at"),
    )
    entries += [
        Entry(
            at=row["last"].astimezone(UTC),
            code=TransferCode.SETTLE,
            source="jobs",
            transfers=row["number"],
            amount=int(row["plus"]) - int(row["minus"]),
        )
        for row in months
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def daily_net(
    *, kind: Kind, unit: str, owner: str | None = None
) -> dict[date, dict[TransferCode, int]]:
    """Sums what moved the accounts of a kind, by UTC day and code: in positive, out negative."""
    into, out_of = Q(credit__kind=kind, credit__unit=unit), Q(debit__kind=kind, debit__unit=unit)
    if owner is not None:
        into, out_of = into & Q(credit__owner=owner), out_of & Q(debit__owner=owner)
    rows = Transfer.objects.filter(into | out_of).order_by()
    days = rows.annotate(day=TruncDate("effective_at", tzinfo=UTC)).values("day", "code")
    found: dict[date, dict[TransferCode, int]] = {}
    for row in days.annotate(
        plus=Sum("amount", filter=into, default=0), minus=Sum("amount", filter=out_of, default=0)
    ):
        net = int(row["plus"]) - int(row["minus"])
        found.setdefault(row["day"], {})[TransferCode(row["code"])] = net
    return found


def search_accounts(words: str = "") -> QuerySet[Account]:
    """Finds accounts by words of their owner, kind or unit."""
    rows = Account.objects.all()
    if words:
        rows = rows.filter(
            Q(owner__icontains=words) | Q(kind__icontains=words) | Q(unit__icontains=words)
        )
    return rows


def latest_transfers(limit: int) -> list[Transfer]:
    """Lists the last transfers, newest first."""
    return list(Transfer.objects.select_related("debit", "credit").order_by("-seq")[:limit])


def unit_sums() -> dict[str, int]:
    """Sums all balances of each unit: zero in sound books."""
    sums = (
        Account.objects.order_by().values_list("unit").annotate(s=Sum(F("credits") - F("debits")))
    )
    return {unit: int(total) for unit, total in sums}


def _lines_but_jobs(account: Account) -> list[Line]:
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    rows = rows.exclude(code=TransferCode.SETTLE).select_related("debit", "credit")
    return [_line(row, account) for row in rows.order_by("-effective_at", "-seq")]


def _entry(line: Line) -> Entry:
    return Entry(at=line.at, code=line.code, source=line.source, transfers=1, amount=line.amount)
