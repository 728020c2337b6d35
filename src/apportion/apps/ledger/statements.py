"""Reads of what moved accounts: statements, balances as of any pair of times, exports.

An instant bounds what took effect before it (half-open), and what the books had recorded by then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, When

from apportion.adapters.plaintext.render import Entry, Outline
from apportion.apps.ledger.models import Account, Transfer
from apportion.apps.ledger.queries import (
    PENDING,
    USAGE,
    find_accounts,
    its_words,
    key_of,
    tip,
    with_words,
)
from apportion.apps.ledger.writer_reads import due_holds
from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.periods import Holding
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.statement import Bounds, Movement, Statement, lay_out
from apportion.core.windows import Window, from_epoch_us, to_epoch_us

EARLIEST = -(2**63)  # epoch microseconds
CHUNK = 5_000  # transfers read at a time when the books are written out
# What an account was given leaves out usage, and what a close took from it.
NOT_GIVEN = (
    *USAGE,
    TransferCode.REFUND.number,
    TransferCode.FORFEIT.number,
    TransferCode.CLOSE.number,
)
SIDES = (("credit", 1), ("debit", -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which rows of a statement are shown."""

    offset: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A statement's size: what was held before, and its rows, counted and summed."""

    opening: int
    rows: int
    moved: int


def find_account(key: Key) -> Account:
    """Finds an account by its name.

    Refuses: NOT_FOUND.
    """
    row = find_accounts([key]).get(key)
    if row is None:
        remedy = "List accounts with: apportion ledger accounts"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"account {key}", remedy=remedy)])
    return row


def find_account_by_number(number: int) -> Account | None:
    """Finds an account by the number that leaves and pages name it by."""
    return Account.objects.filter(pk=number).first()


def read_statement(
    account: Account, *, bounds: Bounds, shown: Slice | None = None, extent: Extent | None = None
) -> Statement:
    """Reads an account's statement over a window, or some of its rows; it adds up either way.

    `extent` spares reading again what `measure_statement` read.
    """
    shown, extent = shown or Slice(), extent or measure_statement(account, bounds=bounds)
    rows = _moved(account, bounds).order_by("effective_us", "seq")
    stop = None if shown.limit is None else shown.offset + shown.limit
    before = _net(rows[: shown.offset], account) if shown.offset else 0
    movements = _movements(rows[shown.offset : stop], account)
    inside = sum(movement.amount for movement in movements)
    return lay_out(
        key_of(account),
        bounds=bounds,
        opening=extent.opening,
        movements=movements,
        before=before,
        after=extent.moved - before - inside,
    )


def measure_statement(account: Account, *, bounds: Bounds) -> Extent:
    """Counts and sums a statement in one pass: there is no index by account to find rows by."""
    # What came before the window is its opening balance, so the window has no beginning here.
    rows = _moved(account, replace(bounds, starts_at=None)).order_by()
    start = EARLIEST if bounds.starts_at is None else to_epoch_us(bounds.starts_at)
    inside, earlier = Q(effective_us__gte=start), Q(effective_us__lt=start)
    told = rows.annotate(signed=_signed(account)).aggregate(
        rows=Count("seq", filter=inside),
        moved=Sum("signed", filter=inside, default=0),
        opening=Sum("signed", filter=earlier, default=0),
    )
    return Extent(opening=int(told["opening"]), rows=told["rows"], moved=int(told["moved"]))


def balances_at(*, bounds: Bounds, owner: str | None = None) -> dict[Key, int]:
    """Sums what accounts held as of a pair of times, from their transfers alone."""
    found: dict[int, int] = {}
    for side, sign in SIDES:
        rows = _posted(bounds)
        if owner is not None:
            rows = rows.filter(**{f"{side}__in": _accounts_of(owner)})
        for account, total in rows.order_by().values_list(side).annotate(Sum("amount")):
            found[account] = found.get(account, 0) + sign * int(total)
    accounts = Account.objects.in_bulk(found)
    return {key_of(accounts[number]): total for number, total in sorted(found.items())}


def holdings_at(
    window: Window, *, unexpired: Mapping[Key, int], lasting: frozenset[str]
) -> list[Holding]:
    """Reads what pools and projects hold as a window ends, and have held ever since.

    What was used later, before the period is closed, is no longer there to lapse. Pools whose
    owner is `lasting` go on and are left out. A hold whose time was over by then holds nothing.
    """
    limited = Account.objects.filter(kind__in=(Kind.POOL, Kind.PROJECT)).order_by("pk")
    at_end, given = _sums_until(window)
    since = _lowest_since(window.ends_at)
    over: dict[Key, int] = {}
    for hold in due_holds(now_us=to_epoch_us(window.ends_at)):
        over[hold.debit] = over.get(hold.debit, 0) + hold.amount
    found = []
    for row in limited:
        key = key_of(row)
        if key.kind is Kind.POOL and key.owner in lasting:
            continue
        holding = Holding(
            account=key,
            given=given.get(row.pk, 0),
            left=max(0, at_end.get(row.pk, 0) + since.get(row.pk, 0)),
            held=row.debits_pending - over.get(key, 0),
            unexpired=unexpired.get(key, 0),
        )
        found.append(holding)
    return found


def booked_usage(*, window: Window | None = None) -> dict[tuple[str, str], int]:
    """Sums booked usage by who consumed it and of what, ever or inside a window.

    Late usage stands in a window that it does not belong to, so a window leaves it out. Usage that
    was reversed, to stand with somebody else, counts with nobody.
    """
    bounds = Bounds(starts_at=window.starts_at, ends_at=window.ends_at) if window else Bounds()
    codes = (TransferCode.SETTLE.number,) if window else USAGE
    undone = Transfer.objects.filter(about__isnull=False, code_number=TransferCode.REVERSE.number)
    rows = _posted(bounds).filter(code_number__in=codes).order_by()
    rows = rows.exclude(transfer_id__in=undone.values("about"))
    sums = dict(rows.values_list("credit").annotate(Sum("amount")))
    for account, back in rows.values_list("debit").annotate(Sum("amount")):
        if account in sums:  # usage that a later record took back
            sums[account] -= back
    # Joined here: a database that joins first walks all transfers once for every account.
    accounts = Account.objects.filter(kind=Kind.CONSUMED, pk__in=sums)
    return {(row.owner, row.unit): int(sums[row.pk]) for row in accounts}


def movements_in(window: Window, codes: Iterable[TransferCode]) -> list[Transfer]:
    """Lists the transfers of some codes in a window, in order."""
    numbers = [code.number for code in codes]
    bounds = Bounds(starts_at=window.starts_at, ends_at=window.ends_at)
    rows = _posted(bounds).filter(code_number__in=numbers).order_by("seq")
    return list(with_words(rows))


def export_books(*, title: str, owner: str | None = None) -> tuple[Outline, Iterator[Entry]]:
    """Reads the posted transfers of the whole books, or of one owner, and what stands around them.

    Both end at the same transfer, whatever is posted while they are read.
    """
    rows = _owned(_posted(Bounds()).filter(seq__lt=tip().size), owner)
    return _outline(rows.order_by(), title=title, owner=owner), _entries(rows)


def _outline(rows: QuerySet[Transfer], *, title: str, owner: str | None) -> Outline:
    first: dict[int, int] = {}
    balances: dict[int, int] = {}
    for side, sign in SIDES:
        sums = rows.values_list(side).annotate(Min("effective_us"), Sum("amount"))
        for account, earliest, total in sums:
            first[account] = min(earliest, first.get(account, earliest))
            balances[account] = balances.get(account, 0) + sign * int(total)
    keys = {number: key_of(row) for number, row in Account.objects.in_bulk(first).items()}
    last = rows.aggregate(at=Max("effective_us"))["at"]
    return Outline(
        title=title,
        opened={keys[number]: _day(earliest) for number, earliest in first.items()},
        balances={
            keys[number]: total
            for number, total in balances.items()
            if owner is None or keys[number].owner == owner
        },
        last_on=None if last is None else _day(last),
    )


def _entries(rows: QuerySet[Transfer]) -> Iterator[Entry]:
    for row in with_words(rows).order_by("seq").iterator(chunk_size=CHUNK):
        yield Entry(
            seq=row.seq,
            id=row.transfer_id or b"",
            on=_day(row.effective_us),
            code=row.code,
            debit=key_of(row.debit),
            credit=key_of(row.credit),
            amount=row.amount,
            note=its_words(row),
        )


def _posted(bounds: Bounds) -> QuerySet[Transfer]:
    """Chooses what moved balances; a hold only reserves, and its release gives the reserve back."""
    rows = Transfer.objects.exclude(code_number__in=PENDING)
    if bounds.starts_at is not None:
        rows = rows.filter(effective_us__gte=to_epoch_us(bounds.starts_at))
    if bounds.ends_at is not None:
        rows = rows.filter(effective_us__lt=to_epoch_us(bounds.ends_at))
    if bounds.recorded_before is not None:
        rows = rows.filter(posting__recorded_us__lt=to_epoch_us(bounds.recorded_before))
    return rows


def _moved(account: Account, bounds: Bounds) -> QuerySet[Transfer]:
    return _posted(bounds).filter(Q(credit=account) | Q(debit=account))


def _owned(rows: QuerySet[Transfer], owner: str | None) -> QuerySet[Transfer]:
    if owner is None:
        return rows
    numbers = _accounts_of(owner)
    return rows.filter(Q(credit__in=numbers) | Q(debit__in=numbers))


def _accounts_of(owner: str) -> list[int]:
    return list(Account.objects.filter(owner=owner).order_by().values_list("pk", flat=True))


def _net(rows: QuerySet[Transfer], account: Account) -> int:
    total = rows.annotate(signed=_signed(account)).aggregate(total=Sum("signed"))["total"]
    return int(total or 0)


def _signed(account: Account) -> Case:
    return Case(When(credit=account, then=F("amount")), default=-F("amount"))


def _movements(rows: QuerySet[Transfer], account: Account) -> list[Movement]:
    return [
        Movement(
            seq=row.seq,
            id=row.transfer_id or b"",
            effective_at=row.effective_at,
            recorded_at=row.posting.recorded_at,
            code=row.code,
            amount=row.amount if row.credit_id == account.pk else -row.amount,
            other=key_of(row.debit if row.credit_id == account.pk else row.credit),
            note=its_words(row),
        )
        for row in with_words(rows)
    ]


def _sums_until(window: Window) -> tuple[dict[int, int], dict[int, int]]:
    """Sums what each account held as the window ended, and what it had been given for it."""
    start = to_epoch_us(window.starts_at)
    given_for_it = Q(effective_us__lt=start) | ~Q(code_number__in=NOT_GIVEN)
    at_end: dict[int, int] = {}
    given: dict[int, int] = {}
    for side, sign in SIDES:
        rows = _posted(Bounds(ends_at=window.ends_at)).order_by().values_list(side)
        sums = rows.annotate(Sum("amount"), for_it=Sum("amount", filter=given_for_it, default=0))
        for account, total, for_it in sums:
            at_end[account] = at_end.get(account, 0) + sign * int(total)
            given[account] = given.get(account, 0) + sign * int(for_it)
    return at_end, given


def _lowest_since(at: datetime) -> dict[int, int]:
    """Finds how far below its balance at an instant each account has been since: 0 or less."""
    rows = _posted(Bounds(starts_at=at)).order_by("effective_us", "seq")
    sums: dict[int, int] = {}
    lowest: dict[int, int] = {}
    columns = ("credit", "debit", "amount")
    for credit, debit, amount in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        sums[credit] = sums.get(credit, 0) + amount
        sums[debit] = sums.get(debit, 0) - amount
        lowest[debit] = min(lowest.get(debit, 0), sums[debit])
    return lowest


def _day(microseconds: int) -> date:
    return from_epoch_us(microseconds).date()
