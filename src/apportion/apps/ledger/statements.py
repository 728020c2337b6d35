"""Reads of what moved accounts: statements, balances as of any pair of times, exports.

An instant bounds what took effect before it (half-open), and what the books had recorded by then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from django.db.models import Case, F, Max, Min, Q, QuerySet, Sum, When

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
from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.periods import Holding
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.statement import Bounds, Movement, Statement, lay_out
from apportion.core.windows import Window, from_epoch_us, to_epoch_us

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


def read_statement(account: Account, *, bounds: Bounds, shown: Slice = Slice()) -> Statement:
    """Reads an account's statement over a window, or some of its rows; it adds up either way."""
    opening = 0
    if bounds.starts_at is not None:
        earlier = Bounds(ends_at=bounds.starts_at, recorded_before=bounds.recorded_before)
        opening = _net(_moved(account, earlier), account)
    rows = _moved(account, bounds).order_by("effective_us", "seq")
    stop = None if shown.limit is None else shown.offset + shown.limit
    before = _net(rows[: shown.offset], account) if shown.offset else 0
    movements = _movements(rows[shown.offset : stop], account)
    after = 0
    if stop is not None and len(movements) == shown.limit:
        inside = sum(movement.amount for movement in movements)
        after = _net(rows.order_by(), account) - before - inside
    return lay_out(
        key_of(account),
        bounds=bounds,
        opening=opening,
        movements=movements,
        before=before,
        after=after,
    )


def count_rows(account: Account, *, bounds: Bounds) -> int:
    """Counts the rows of a statement."""
    return _moved(account, bounds).count()


def balances_at(*, bounds: Bounds, owner: str | None = None) -> dict[Key, int]:
    """Sums what accounts held as of a pair of times, from their transfers alone."""
    found: dict[int, int] = {}
    for side, sign in SIDES:
        rows = _posted(bounds)
        if owner is not None:
            rows = rows.filter(**{f"{side}__owner": owner})
        for account, total in rows.order_by().values_list(side).annotate(Sum("amount")):
            found[account] = found.get(account, 0) + sign * int(total)
    accounts = Account.objects.in_bulk(found)
    return {key_of(accounts[number]): total for number, total in sorted(found.items())}


def holdings_at(
    window: Window, *, unexpired: Mapping[Key, int], lasting: frozenset[str]
) -> list[Holding]:
    """Reads what pools and projects hold as a window ends, and have held ever since.

    What was used later, before the period is closed, is no longer there to lapse. Pools whose
    owner is `lasting` go on and are left out.
    """
    limited = Account.objects.filter(kind__in=(Kind.POOL, Kind.PROJECT)).order_by("pk")
    at_end, given = _sums_until(window)
    since = _lowest_since(window.ends_at)
    found = []
    for row in limited:
        key = key_of(row)
        if key.kind is Kind.POOL and key.owner in lasting:
            continue
        holding = Holding(
            account=key,
            given=given.get(row.pk, 0),
            left=max(0, at_end.get(row.pk, 0) + since.get(row.pk, 0)),
            held=row.debits_pending,
            unexpired=unexpired.get(key, 0),
        )
        found.append(holding)
    return found


def booked_usage(*, window: Window | None = None) -> dict[tuple[str, str], int]:
    """Sums booked usage by who consumed it and of what, inside a window or ever."""
    bounds = (
        Bounds() if window is None else Bounds(starts_at=window.starts_at, ends_at=window.ends_at)
    )
    rows = _posted(bounds).filter(credit__kind=Kind.CONSUMED, code_number__in=USAGE).order_by()
    sums = rows.values_list("credit__owner", "credit__unit").annotate(Sum("amount"))
    return {(owner, unit): int(total) for owner, unit, total in sums}


def movements_in(window: Window, codes: Iterable[TransferCode]) -> list[Transfer]:
    """Lists the transfers of some codes in a window, in order."""
    numbers = [code.number for code in codes]
    bounds = Bounds(starts_at=window.starts_at, ends_at=window.ends_at)
    rows = _posted(bounds).filter(code_number__in=numbers).order_by("seq")
    return list(with_words(rows))


def outline_books(*, title: str, owner: str | None = None) -> Outline:
    """Collects what an export must know first: accounts, closing balances, the last day."""
    rows = _owned(_posted(Bounds()).order_by(), owner)
    opened: dict[int, int] = {}
    for side, _ in SIDES:
        for account, first in rows.values_list(side).annotate(Min("effective_us")):
            opened[account] = min(first, opened.get(account, first))
    accounts = Account.objects.in_bulk(opened)
    last = rows.aggregate(at=Max("effective_us"))["at"]
    return Outline(
        title=title,
        opened={key_of(accounts[number]): _day(first) for number, first in opened.items()},
        balances=balances_at(bounds=Bounds(), owner=owner),
        last_on=None if last is None else _day(last),
    )


def read_entries(*, owner: str | None = None) -> Iterator[Entry]:
    """Reads the posted transfers of the whole books, or of one owner, in the order of the books."""
    rows = with_words(_owned(_posted(Bounds()).order_by(), owner))
    # By ranges of seq: that is the order in which PostgreSQL finds rows without sorting all.
    for low in range(0, tip().size, CHUNK):
        page = sorted(rows.filter(seq__gte=low, seq__lt=low + CHUNK), key=attrgetter("seq"))
        for row in page:
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
    return rows.filter(Q(credit__owner=owner) | Q(debit__owner=owner))


def _net(rows: QuerySet[Transfer], account: Account) -> int:
    signed = Case(When(credit=account, then=F("amount")), default=-F("amount"))
    total = rows.annotate(signed=signed).aggregate(total=Sum("signed"))["total"]
    return int(total or 0)


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
