"""What a batch of transfers comes to: which are taken, in order, one group after another.

Nothing here knows a database: accounts and earlier transfers come in, outcomes and what changed
go out. This is the exact evaluator; `columns` proves most large batches acceptable without it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from apportion.core.ledger.accounts import NOTHING, Account, Counters, Key
from apportion.core.ledger.guards import (
    LARGEST,
    refuse,
    refuse_accounts,
    refuse_form,
    refuse_resolution,
)
from apportion.core.ledger.transfers import RELEASES, Standing, Transfer, TransferCode, expire_hold
from apportion.core.refusals import Code, Refusal

NEW = 2**62  # the seq that a batch's own transfers have while it is weighed
Delta = tuple[int, int, int, int]  # debits, credits, debits pending, credits pending


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a batch came to, in the order in which it was given.

    Shape: `expired` stand before `accepted` in the books; `legs` gives the place of each accepted
        transfer in its group, 0 where it is alone.
    """

    expired: tuple[Transfer, ...]  # releases of the holds that were due
    accepted: tuple[Transfer, ...]
    legs: tuple[int, ...]
    existing: tuple[bytes, ...]  # ids that were posted before with the same content
    refusals: tuple[Refusal, ...]
    changes: Mapping[Key, Counters]  # what each account's counters grew by


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What the batches of several callers came to; expiry and changes are of all of them."""

    expired: tuple[Transfer, ...]
    calls: tuple[Posted, ...]
    changes: Mapping[Key, Counters]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the books hold of what a batch touches.

    Shape: `accounts` misses what is to be opened, and `opens` says whether that may be.
        `known` maps to what stands in the books every id that the batch names: as its own, or as
        what it is about.
        `later` counts the postings that are recorded after the first, each an instant later.
    Units: now_us and closed_before_us in epoch microseconds.
    """

    now_us: int
    later: int = 0
    accounts: Mapping[Key, Account] = field(default_factory=dict)
    known: Mapping[bytes, Standing] = field(default_factory=dict)
    due: tuple[Transfer, ...] = ()  # open holds on these accounts whose time is over
    closed_before_us: int | None = None  # what takes effect before stands in a closed period
    opens: bool = True

    @property
    def last_us(self) -> int:
        """When the last of it is recorded."""
        return self.now_us + self.later


def post_batch(transfers: Sequence[Transfer], *, world: World) -> Posted:
    """Decides which groups of a batch are accepted, one after another.

    Holds whose time is over are released first, so that they refuse nobody.

    Refuses: ID_REUSED, OUT_OF_RANGE, ACCOUNT_UNKNOWN, ACCOUNT_CLOSED, UNIT_MISMATCH, NOT_FOUND,
        PERIOD_CLOSED, HOLD_EXPIRED, HOLD_RESOLVED, WRONG_STATE, BEYOND_HOLD, ALREADY_REVERSED,
        NOT_A_MIRROR, NOT_ENOUGH.
    """
    desk = _Desk(world)
    posted = desk.post(transfers, partial=True)
    return replace(posted, expired=desk.expired, changes=desk.changes())


def post_calls(calls: Sequence[Sequence[Transfer]], *, world: World) -> Together:
    """Decides about the batches of several callers, one after another, each whole or not at all.

    Refuses: as post_batch does.
    """
    desk = _Desk(world)
    posted = tuple(desk.post(call, partial=False) for call in calls)
    return Together(expired=desk.expired, calls=posted, changes=desk.changes())


def split_groups(transfers: Sequence[Transfer]) -> Iterator[tuple[Transfer, ...]]:
    """Splits a batch into what is taken together; a transfer without a group stands alone."""
    for group, legs in groupby(transfers, key=lambda t: t.group):
        if group:
            yield tuple(legs)
        else:
            yield from ((leg,) for leg in legs)


def effects(leg: Transfer, *, held: int = 0) -> tuple[Delta, Delta]:
    """Says what a transfer adds to the counters of its debited and of its credited account.

    `held` is the amount of the hold that it resolves, or 0.
    """
    if leg.code is TransferCode.HOLD:
        moved, pending = 0, leg.amount
    else:
        moved, pending = 0 if leg.code in RELEASES else leg.amount, -held
    return (moved, 0, pending, 0), (0, moved, 0, pending)


class _Desk:
    """The books while batches are weighed; what is due has expired before the first."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known = dict(world.known)
        self.counters: dict[Key, list[int]] = {}
        self.accepted: list[Transfer] = []
        self.legs: list[int] = []
        for hold in world.due:
            self.known[hold.id] = Standing(seq=0, leg=0, transfer=hold)
            self.take(expire_hold(hold, not_before_us=world.closed_before_us), leg=0)
        self.expired = tuple(self.accepted)

    def post(self, transfers: Sequence[Transfer], *, partial: bool) -> Posted:
        """Takes a batch group by group; unless it may stand in part, any refusal undoes it."""
        mark = len(self.accepted)
        existing: list[bytes] = []
        refusals: list[Refusal] = []
        for legs in split_groups(transfers):
            if any(leg.id in self.known for leg in legs):
                refusal = self.refuse_repeat(legs)
                if refusal is None:
                    existing.extend(leg.id for leg in legs)
            else:
                refusal = self.take_group(legs)
            if refusal is not None:
                refusals.append(refusal)
        if refusals and not partial:
            self._back_to(mark)
        return Posted(
            expired=(),
            accepted=tuple(self.accepted[mark:]),
            legs=tuple(self.legs[mark:]),
            existing=tuple(existing),
            refusals=tuple(refusals),
            changes={},
        )

    def refuse_repeat(self, legs: Sequence[Transfer]) -> Refusal | None:
        """Refuses a group of which something stands already, unless all of it stands so."""
        first = self.known.get(legs[0].id)
        for place, leg in enumerate(legs):
            standing = self.known.get(leg.id)
            if standing is None or first is None or standing.seq != first.seq + place:
                return _refuse_reuse(leg)
            if standing.leg != (place + 1 if len(legs) > 1 else 0):
                return _refuse_reuse(leg)
            if not says_the_same(leg, standing.transfer):
                return _refuse_reuse(leg)
        return None

    def take_group(self, legs: Sequence[Transfer]) -> Refusal | None:
        """Takes all legs one after another, or none."""
        mark = len(self.accepted)
        for place, leg in enumerate(legs, start=1):
            if len(legs) > 1 and leg.id in self.known:
                refusal: Refusal | None = _refuse_reuse(leg)
            else:
                leg = self._as_much_as_possible(leg)
                refusal = self._refuse(leg)
            if refusal is not None:
                self._back_to(mark)
                return refusal
            self.take(leg, leg=place if len(legs) > 1 else 0)
        return None

    def take(self, transfer: Transfer, *, leg: int) -> None:
        """Writes a transfer that nothing refuses."""
        seq = NEW + len(self.accepted)
        self._apply(transfer, 1)
        self._mark_resolved(transfer, resolved=True)
        self.known[transfer.id] = Standing(seq=seq, leg=leg, transfer=transfer)
        self.accepted.append(transfer)
        self.legs.append(leg)

    def changes(self) -> dict[Key, Counters]:
        """Gives what each account's counters grew by."""
        grown: dict[Key, Counters] = {}
        for key, (debits, credits_, debits_pending, credits_pending) in self.counters.items():
            before = self._before(key)
            change = Counters(
                debits=debits - before.debits,
                credits=credits_ - before.credits,
                debits_pending=debits_pending - before.debits_pending,
                credits_pending=credits_pending - before.credits_pending,
            )
            if change != NOTHING:
                grown[key] = change
        return grown

    def _back_to(self, mark: int) -> None:
        while len(self.accepted) > mark:
            self._give_back()

    def _give_back(self) -> None:
        """Undoes the transfer taken last."""
        transfer = self.accepted.pop()
        self.legs.pop()
        self._apply(transfer, -1)
        self._mark_resolved(transfer, resolved=False)
        del self.known[transfer.id]

    def _refuse(self, leg: Transfer) -> Refusal | None:
        """Guard ladder: form, accounts, period, what it is about, and the balance last."""
        world = self.world
        refusal = refuse_form(leg, last_us=world.last_us) or refuse_accounts(
            leg, world.accounts, opens=world.opens
        )
        if refusal is not None:
            return refusal
        closed = world.closed_before_us
        if closed is not None and leg.effective_us < closed:
            remedy = "Let it take effect in the open period."
            numbers = {"effective_us": leg.effective_us, "closed_before_us": closed}
            return refuse(Code.PERIOD_CLOSED, leg, remedy, **numbers)
        about = self.known.get(leg.about) if leg.about else None
        refusal = refuse_resolution(leg, about, now_us=world.now_us, last_us=world.last_us)
        return refusal or self._refuse_balance(leg)

    def _refuse_balance(self, leg: Transfer) -> Refusal | None:
        into, out_of = self._counters(leg.credit), self._counters(leg.debit)
        held = self._held(leg)
        debits, _, debits_pending, _ = effects(leg, held=held)[0]
        if max(out_of[0] + out_of[2], into[1] + into[3]) + leg.amount - held > LARGEST:
            return refuse(Code.OUT_OF_RANGE, leg, "An account's counter would pass 2^63.")
        floor, available = self._floor(leg.debit), out_of[1] - out_of[0] - out_of[2]
        if floor is not None and available - debits - debits_pending < floor:
            return Refusal(
                code=Code.NOT_ENOUGH,
                subject=str(leg.debit),
                remedy="Ask for less, or top the account up first.",
                numbers={"available": available, "held": out_of[2], "needed": leg.amount},
            )
        return None

    def _as_much_as_possible(self, leg: Transfer) -> Transfer:
        floor = self._floor(leg.debit)
        if not leg.balancing or floor is None:
            return leg
        debits, credits_, pending, _ = self._counters(leg.debit)
        possible = credits_ - debits - pending - floor + self._held(leg)
        return replace(leg, amount=min(leg.amount, possible)) if possible > 0 else leg

    def _apply(self, leg: Transfer, sign: int) -> None:
        for key, delta in zip(
            (leg.debit, leg.credit), effects(leg, held=self._held(leg)), strict=True
        ):
            counters = self._counters(key)
            for place, part in enumerate(delta):
                counters[place] += sign * part

    def _held(self, leg: Transfer) -> int:
        about = self.known.get(leg.about) if leg.about else None
        if about is None or about.transfer.code is not TransferCode.HOLD:
            return 0
        return about.transfer.amount

    def _mark_resolved(self, leg: Transfer, *, resolved: bool) -> None:
        if leg.about is not None:
            self.known[leg.about] = replace(self.known[leg.about], resolved=resolved)

    def _counters(self, key: Key) -> list[int]:
        found = self.counters.get(key)
        if found is None:
            c = self._before(key)
            found = [c.debits, c.credits, c.debits_pending, c.credits_pending]
            self.counters[key] = found
        return found

    def _before(self, key: Key) -> Counters:
        account = self.world.accounts.get(key)
        return account.counters if account else NOTHING

    def _floor(self, key: Key) -> int | None:
        account = self.world.accounts.get(key)
        return account.floor if account else key.kind.floor


def says_the_same(leg: Transfer, standing: Transfer) -> bool:
    """Says whether what is sent again is what stands; words do not count, they may be erased."""
    same = standing.amount <= leg.amount if leg.balancing else standing.amount == leg.amount
    return same and (
        (leg.id, leg.debit, leg.credit, leg.code, leg.effective_us, leg.about, leg.expires_us)
        == (
            standing.id,
            standing.debit,
            standing.credit,
            standing.code,
            standing.effective_us,
            standing.about,
            standing.expires_us,
        )
    )


def _refuse_reuse(leg: Transfer) -> Refusal:
    remedy = "Use a new id, or send exactly what was sent before."
    return refuse(Code.ID_REUSED, leg, remedy, id=leg.id.hex())
