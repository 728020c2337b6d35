"""The quick way into the books for jobs about which nothing is special.

A job that ended, that no border cuts and of which the books know nothing needs no walk over its
pieces: it is one use a resource. Whatever else may be the case is left to core/meter/plan.py, and
both ways give the same charges and transfers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apportion.core.ids import TransferId, transfer_id
from apportion.core.ledger import Key, Kind
from apportion.core.meter.cut import holds_any
from apportion.core.meter.plan import (
    LONGEST_OWNER,
    NO_ACCOUNT,
    SUSPENDED,
    Facts,
    Piece,
    Standing,
    account_text,
)
from apportion.core.meter.tariff import DAY, Prices
from apportion.core.units import round_half_even


class PlainJob(NamedTuple):
    """A job as its record says. Units: instants in epoch seconds; units are of (resource, size)."""

    job: str
    run: str
    account: str
    user: str
    state: str
    name: str
    queue: str
    qos: str
    submitted_at: int
    started_at: int
    ended_at: int
    units: tuple[tuple[str, int], ...]


class Use(NamedTuple):
    """What one new charge says. Units: instants in epoch seconds, microcredits.

    Shape: `project` is empty where nobody answers; `is_cut` where a border ended it.
    """

    ended_at: int
    id: TransferId
    key: str
    project: str
    account: str
    user: str
    job: str
    name: str
    state: str
    resource: str
    size: int
    submitted_at: int
    started_at: int
    microcredits: int
    is_open: bool
    is_cut: bool

    @property
    def unit_seconds(self) -> int:
        """What was used."""
        return self.size * (self.ended_at - self.started_at)

    @property
    def payer(self) -> Key:
        """Names the account that pays, as far as it can."""
        if self.project:
            return Key(Kind.PROJECT, self.project, self.resource)
        return Key(Kind.SUSPENSE, self.account, self.resource)

    @property
    def consumer(self) -> Key:
        """Names the account that counts what was used."""
        return Key(Kind.CONSUMED, self.project or SUSPENDED, self.resource)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """Uses that may be new, the jobs for the careful way, and segments that no round gives."""

    uses: tuple[Use, ...]
    odd: frozenset[str]
    uncounted: int


def plan_quick(
    jobs: Iterable[PlainJob], *, facts: Facts, careful: frozenset[str], states: frozenset[str]
) -> Quick:
    """Makes uses of jobs; `careful` jobs and `states` go the careful way, as do cut ones."""
    uses: list[Use] = []
    odd: set[str] = set()
    uncounted = 0
    answers: dict[tuple[str, bool], tuple[str, str]] = {}
    groups: dict[tuple[str, str], int] = {}
    borders, windows, counted, prices = facts.borders, facts.windows, facts.resources, facts.prices
    for one in jobs:
        job, run, account, user, state, name, queue, qos, sent, start, end, units = one
        place = bisect_right(borders, start)
        if place != bisect_left(borders, end) or state in states or job in careful:
            odd.add(job)
            continue
        who = answers.get((account, not user))
        if who is None:
            who = answers[account, not user] = _answers(account, user, facts)
        group = groups.get((queue, qos))
        if group is None:
            group = groups[queue, qos] = prices.queue_group(queue=queue, qos=qos)
        project = who[0] if holds_any(windows, start) else ""
        for resource, size in units:
            if resource not in counted:
                uncounted += 1
                continue
            key = f"{run}/{resource}"
            cost = _cost((start, end), size, resource, group, prices)
            uses.append(
                Use(
                    *(end, transfer_id(start * 1000, key), key, project, who[1], user, job, name),
                    *(state, resource, size, sent, start, cost, False, False),
                )
            )
    return Quick(uses=tuple(uses), odd=frozenset(odd), uncounted=uncounted)


def compare_uses(
    uses: Iterable[Use], *, standing: Mapping[bytes, Standing]
) -> tuple[list[Use], int, frozenset[str]]:
    """Parts uses into new ones, a number of known ones, and jobs of which the books say other."""
    new: list[Use] = []
    odd: set[str] = set()
    known: dict[str, int] = {}
    for use in uses:
        there = standing.get(use.id)
        if there is None:
            new.append(use)
        elif there == Standing(use.started_at, use.ended_at, use.account, use.size):
            known[use.job] = known.get(use.job, 0) + 1
        else:
            odd.add(use.job)
    if odd:
        new = [use for use in new if use.job not in odd]
    return new, sum(n for job, n in known.items() if job not in odd), frozenset(odd)


def use_of(piece: Piece) -> Use:
    """Turns a piece that was planned the careful way into a use."""
    part = piece.charge
    segment = part.segment
    return Use(
        ended_at=part.ended_at,
        id=piece.id,
        key=segment.key,
        project=piece.project,
        account=account_text(segment),
        user=segment.user,
        job=segment.job,
        name=segment.name,
        state=segment.state,
        resource=segment.resource,
        size=segment.size,
        submitted_at=segment.submitted_at,
        started_at=part.started_at,
        microcredits=part.microcredits,
        is_open=segment.is_running and part.ended_at == segment.ended_at,
        is_cut=part.ended_at < segment.ended_at,
    )


def pay_uses(uses: Sequence[Use], *, balances: Mapping[Key, int]) -> list[int]:
    """Says what each use's account pays, in their order, which is that of time; the rest is overrun."""
    left: dict[tuple[str, str], int] = {}
    paid: list[int] = []
    for use in uses:
        if not use.project:
            paid.append(use.unit_seconds)
            continue
        place = use.project, use.resource
        have = left.get(place)
        if have is None:
            have = max(0, balances.get(use.payer, 0))
        share = min(have, use.unit_seconds)
        left[place] = have - share
        paid.append(share)
    return paid


def _answers(account: str, user: str, facts: Facts) -> tuple[str, str]:
    """Finds the project that answers for an account, and names the account as the books do."""
    project: str | None = None
    if user or not facts.needs_user:
        project = account if account in facts.projects else facts.payers.get(account)
    return project or "", account[:LONGEST_OWNER] or NO_ACCOUNT


def _cost(span: tuple[int, int], size: int, resource: str, group: int, prices: Prices) -> int:
    """Rates a span as core.meter.rate.charge does."""
    start, end = span
    cost = 0
    for day in range(start // DAY, (end - 1) // DAY + 1):
        low, high = max(0, start - day * DAY), min(DAY, end - day * DAY)
        for stretch in prices.on(day, resource=resource, queue_group=group):
            seconds = min(stretch.high, high) - max(stretch.low, low)
            if seconds > 0 and stretch.microcredits:
                cost += round_half_even(size * seconds * stretch.microcredits, stretch.base_units)
    return cost
