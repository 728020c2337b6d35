"""Reads of the books: rows to facts of the core."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum

from apportion.apps.ledger.models import Account, Note, Tip, Transfer
from apportion.core import journal
from apportion.core.ledger import BY_NUMBER, RELEASES, Key, Kind, TransferCode
from apportion.core.windows import from_epoch_us, to_epoch_us

BATCH = 5_000  # ids asked for in one statement; below the variable limits of both databases
NEAR = 40  # how far back the last transfers are looked for, in multiples of how many are wanted
DAY_US = 86_400_000_000
USAGE = tuple(code.number for code in (TransferCode.SETTLE, TransferCode.LATE))
PENDING = tuple(code.number for code in (*RELEASES, TransferCode.HOLD))  # move nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement. Units: base units, positive in, negative out."""

    seq: int
    at: datetime
    code: TransferCode
    source: str  # its note, or what its posting was for; empty where both were erased
    other: Key
    amount: int


def key_of(account: Account) -> Key:
    """Names an account as the core does."""
    return Key(Kind(account.kind), account.owner, account.unit)


def balance_of(key: Key) -> int:
    """Reads the balance of one account; zero where there is none."""
    row = Account.objects.filter(kind=key.kind, owner=key.owner, unit=key.unit).first()
    return row.balance if row else 0


def available(*, kind: Kind) -> dict[Key, int]:
    """Reads what the accounts of a kind may still spend: their balances less what is held."""
    return {key_of(row): row.available for row in Account.objects.filter(kind=kind)}


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


def statement(key: Key, *, limit: int | None = None, offset: int = 0) -> list[Line]:
    """Lists what moved an account, newest first; all lines together sum to the balance."""
    account = find_accounts([key]).get(key)
    if account is None:
        return []
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    rows = rows.exclude(code_number__in=PENDING).order_by("-effective_us", "-seq")
    rows = with_words(rows)
    page = rows[offset : offset + limit] if limit is not None else rows[offset:]
    return [_line(row, account) for row in page]


def totals_by_code(key: Key) -> dict[TransferCode, int]:
    """Sums what moved an account by code: in positive, out negative."""
    account = find_accounts([key]).get(key)
    totals: dict[TransferCode, int] = {}
    if account is None:
        return totals
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(**{side: account}).exclude(code_number__in=PENDING)
        for number, total in rows.order_by().values_list("code_number").annotate(Sum("amount")):
            code = BY_NUMBER[number]
            totals[code] = totals.get(code, 0) + sign * int(total)
    return totals


def tip() -> Tip:
    """Reads the end of the books: how many transfers, and the journal's size."""
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


def words_of(rows: Iterable[Transfer]) -> dict[int, str]:
    """Reads what each transfer was for, by seq; in one statement more than `with_words`."""
    listed = list(rows)
    seqs = [row.seq for row in listed]
    notes: dict[int, str | None] = {}
    for at in range(0, len(seqs), BATCH):
        found = Note.objects.filter(seq__in=seqs[at : at + BATCH]).order_by()
        notes |= dict(found.values_list("seq", "text"))
    return {row.seq: notes.get(row.seq) or row.posting.memo or "" for row in listed}


def its_words(row: Transfer) -> str:
    """Says what a transfer that `with_words` read was for: its note, or its posting's memo."""
    note: str | None = getattr(row, "note", None)
    return note or row.posting.memo or ""


def with_words(rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Reads transfers with their accounts, posting and note in one statement."""
    note = Note.objects.filter(seq=OuterRef("seq")).values("text")
    return rows.select_related("debit", "credit", "posting").annotate(note=Subquery(note))


def _line(row: Transfer, account: Account) -> Line:
    out = row.debit_id == account.pk
    return Line(
        seq=row.seq,
        at=row.effective_at,
        code=row.code,
        source=its_words(row),
        other=key_of(row.credit if out else row.debit),
        amount=-row.amount if out else row.amount,
    )


def credited(*, kind: Kind, until: datetime) -> dict[Key, int]:
    """Sums what the accounts of a kind were given up to an instant, less what was taken back.

    Usage is left out. Units: base units.
    """
    numbers = {row.pk: key_of(row) for row in Account.objects.filter(kind=kind)}
    given: dict[Key, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(effective_us__lte=to_epoch_us(until))
        rows = rows.exclude(code_number__in=(*USAGE, *PENDING)).order_by()
        # Joined here: a database that joins first walks all transfers once for every account.
        for number, total in rows.values_list(side).annotate(Sum("amount")):
            if number in numbers:
                key = numbers[number]
                given[key] = given.get(key, 0) + sign * int(total)
    return given


def settled(*, until: datetime) -> dict[Key, int]:
    """Sums the usage ever charged to each consumed account; what was given back stays in it.

    Units: base units.
    """
    numbers = {row.pk: key_of(row) for row in Account.objects.filter(kind=Kind.CONSUMED)}
    rows = Transfer.objects.filter(effective_us__lte=to_epoch_us(until), code_number__in=USAGE)
    sums = rows.order_by().values_list("credit").annotate(Sum("amount"))
    return {numbers[number]: int(total) for number, total in sums if number in numbers}


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
    jobs = Transfer.objects.filter(into | out_of, code_number__in=USAGE).order_by()
    days = jobs.annotate(day=F("effective_us") / DAY_US).values("day")
    days = days.annotate(
        plus=Sum("amount", filter=into, default=0),
        minus=Sum("amount", filter=out_of, default=0),
        number=Count("seq"),
        last=Max("effective_us"),
    )
    months: dict[tuple[int, int], Entry] = {}
    for row in days.order_by("day"):
        at = from_epoch_us(row["last"])
        before = months.get((at.year, at.month))
        months[at.year, at.month] = Entry(
            at=at,
            code=TransferCode.SETTLE,
            source="jobs",
            transfers=row["number"] + (before.transfers if before else 0),
            amount=int(row["plus"]) - int(row["minus"]) + (before.amount if before else 0),
        )
    return sorted([*entries, *months.values()], key=lambda entry: entry.at, reverse=True)


def daily_net(
    *, kind: Kind, unit: str, owner: str | None = None
) -> dict[date, dict[TransferCode, int]]:
    """Sums what moved the accounts of a kind, by UTC day and code: in positive, out negative."""
    into, out_of = Q(credit__kind=kind, credit__unit=unit), Q(debit__kind=kind, debit__unit=unit)
    if owner is not None:
        into, out_of = into & Q(credit__owner=owner), out_of & Q(debit__owner=owner)
    rows = Transfer.objects.filter(into | out_of).exclude(code_number__in=PENDING).order_by()
    days = rows.annotate(day=F("effective_us") / DAY_US).values("day", "code_number")
    found: dict[date, dict[TransferCode, int]] = {}
    for row in days.annotate(
        plus=Sum("amount", filter=into, default=0), minus=Sum("amount", filter=out_of, default=0)
    ):
        net = int(row["plus"]) - int(row["minus"])
        day = from_epoch_us(row["day"] * DAY_US).date()
        found.setdefault(day, {})[BY_NUMBER[row["code_number"]]] = net
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
    end = tip().size
    rows = with_words(Transfer.objects.order_by("-seq"))
    # Bounded, because PostgreSQL keeps no order by seq; records stand between the transfers.
    near = list(rows.filter(seq__gte=end - NEAR * limit)[:limit])
    return near if len(near) == limit or end <= NEAR * limit else list(rows[:limit])


def unit_sums() -> dict[str, int]:
    """Sums all balances of each unit: zero in sound books."""
    sums = (
        Account.objects.order_by().values_list("unit").annotate(s=Sum(F("credits") - F("debits")))
    )
    return {unit: int(total) for unit, total in sums}


def _lines_but_jobs(account: Account) -> list[Line]:
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    rows = rows.exclude(code_number__in=(*USAGE, *PENDING)).order_by("-effective_us", "-seq")
    return [_line(row, account) for row in with_words(rows)]


def _entry(line: Line) -> Entry:
    return Entry(at=line.at, code=line.code, source=line.source, transfers=1, amount=line.amount)
