"""What an import would book: each second of each job once, whoever imports it when."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ledger import Key, Kind
from apportion.core.meter.plain import pay_uses, use_of
from apportion.core.meter.plan import (
    Facts,
    Payer,
    Standing,
    account_text,
    ids_of,
    plan_import,
)
from apportion.core.meter.tariff import Prices, Tariff
from tests.core.ledger_books import PlainBooks, leg
from tests.core.meter.made import HOUR, T0, segment, workloads
from tests.core.meter.piecewise import book

ALPHA = Key(Kind.PROJECT, "alpha", "gpu")
FACTS = Facts(
    windows=((T0 - HOUR, T0 + 10 * HOUR),),
    projects=frozenset({"alpha", "a", "b"}),
    resources=frozenset({"gpu"}),
    prices=Prices(Tariff()),
)
WINDOWS = st.lists(
    st.tuples(st.integers(-50, 350), st.integers(1, 300)).map(lambda w: (T0 + w[0], T0 + sum(w))),
    max_size=3,
)


class Office:
    """Books held in two dicts: charges by id, balances by account."""

    def __init__(self, *, facts=FACTS, granted=0):
        self.facts = facts
        self.charges = {}
        self.books = PlainBooks()
        issued = Key(Kind.ISSUED, "round", "gpu")
        for number, name in enumerate(sorted(facts.projects) if granted else ()):
            given = leg(number, issued, Key(Kind.PROJECT, name, "gpu"), granted)
            assert self.books.post([given]).refusals == ()

    def take(self, segments, **changes):
        facts = replace(self.facts, **changes)
        segments = list(segments)
        found, more = {}, True
        while more:
            wanted = ids_of(segments, facts=facts, standing=found)
            more = {i: self.charges[i] for i in wanted if i in self.charges}
            found |= more
        plan = plan_import(segments, facts=facts, standing=found)
        bookings = book(plan.pieces, balances=self.balances)
        uses = sorted(map(use_of, plan.pieces))
        paid = [b.piece.charge.unit_seconds - b.overrun for b in bookings if b.piece.project]
        assert [use.id for use in uses] == [b.piece.id for b in bookings]
        told = zip(uses, pay_uses(uses, balances=self.balances), strict=True)
        assert [share for use, share in told if use.project] == paid
        legs = [leg for booking in bookings for leg in booking.legs]
        assert self.books.post(legs).refusals == ()
        for booking in bookings:
            part = booking.piece.charge
            assert booking.piece.id not in self.charges
            self.charges[booking.piece.id] = Standing(
                part.started_at,
                part.ended_at,
                account_text(part.segment),
                part.segment.size,
                part.segment.is_running,
            )
        return plan

    @property
    def balances(self):
        accounts = (key for key in self.books.accounts if key.kind is not Kind.ISSUED)
        return {key: self.books.balance(key) for key in accounts}

    def seconds(self):
        return sum(c.size * (c.ended_at - c.started_at) for c in self.charges.values())


def whole(segments):
    return sum(segment.unit_seconds for segment in segments)


@given(
    workloads(), st.integers(0, 5000), st.lists(st.lists(st.integers(0, 19)), max_size=5), WINDOWS
)
def test_importing_in_any_order_chunking_and_repetition_gives_the_same_charges_and_balances(
    jobs, granted, chunks, windows
):
    facts = replace(FACTS, windows=tuple(windows))
    once, often = Office(facts=facts, granted=granted), Office(facts=facts, granted=granted)
    once.take(jobs)
    for chunk in chunks:
        often.take({jobs[n].key: jobs[n] for n in chunk if n < len(jobs)}.values())
    plan = often.take(reversed(jobs))
    assert plan.contradictions == ()
    assert often.charges == once.charges
    assert often.balances == once.balances
    assert once.seconds() == whole(jobs)
    assert sum(often.balances.values()) == granted * len(facts.projects)


@given(workloads(), WINDOWS, st.permutations(range(4)))
def test_importing_round_by_round_and_then_all_is_importing_all(jobs, windows, order):
    facts = replace(FACTS, windows=tuple(windows))
    office, other = Office(facts=facts), Office(facts=facts)
    for number in order:
        if number < len(windows):
            office.take(jobs, only=windows[number])
    office.take(jobs)
    other.take(jobs)
    assert office.charges == other.charges


@given(workloads(), WINDOWS)
def test_a_round_opened_after_an_import_charges_nothing_twice(jobs, windows):
    office = Office(facts=replace(FACTS, windows=()))
    office.take(jobs)
    plan = office.take(jobs, windows=tuple(windows))
    assert (plan.pieces, plan.contradictions) == ((), ())
    assert office.seconds() == whole(jobs)


@given(workloads(), WINDOWS)
def test_a_round_that_is_gone_charges_nothing_twice(jobs, windows):
    office = Office(facts=replace(FACTS, windows=tuple(windows)))
    office.take(jobs)
    office.take(jobs, windows=())
    assert office.seconds() == whole(jobs)


def test_what_the_credits_do_not_cover_goes_to_overrun_and_nothing_is_refused():
    office = Office(granted=20_000)
    office.take([segment(1)])
    assert office.balances[ALPHA] == 0
    assert office.balances[Key(Kind.OVERRUN, "alpha", "gpu")] == -8_800
    assert office.balances[Key(Kind.CONSUMED, "alpha", "gpu")] == 28_800


@pytest.mark.parametrize(
    "job",
    [
        segment(project="stranger"),
        segment(project=""),
        segment(start=T0 - 30 * 24 * HOUR),
    ],
    ids=["unknown project", "no project", "outside every round"],
)
def test_use_that_no_credits_answer_for_waits_in_suspense(job):
    office = Office(granted=10**6)
    [piece] = office.take([job]).pieces
    assert piece.payer is Payer.SUSPENSE
    assert office.balances[ALPHA] == 10**6
    assert office.balances[Key(Kind.SUSPENSE, job.project or "(none)", job.resource)] == -28_800


def test_use_of_a_resource_that_no_round_gives_is_counted_out_and_booked_once_one_does():
    office = Office(granted=10**6)
    plan = office.take([segment(resource="cpu")])
    assert (plan.pieces, plan.uncounted) == ((), 1)
    office.facts = replace(office.facts, resources=frozenset({"gpu", "cpu"}))
    assert len(office.take([segment(resource="cpu")]).pieces) == 1


def test_a_piece_that_a_border_ended_belongs_to_the_time_before_it():
    office = Office(facts=replace(FACTS, windows=((T0, T0 + 60), (T0 + 60, T0 + HOUR))))
    pieces = office.take([segment()]).pieces
    times = [leg.effective_us for b in book(pieces, balances={}) for leg in b.legs]
    assert times == [((T0 + 60) * 1000 - 1) * 1000, (T0 + HOUR) * 1_000_000]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 9}, "with 8 units"),
        ({"project": "b"}, "for alpha"),
        ({"ended_at": T0 + 60}, "running until"),
        ({"ended_at": T0 + 2 * HOUR}, "without the seconds"),
    ],
)
def test_a_record_that_changed_since_it_was_imported_is_told_and_not_booked(change, words):
    office = Office()
    office.take([segment(1)])
    plan = office.take([replace(segment(1), **change), segment(2)])
    [fault] = plan.contradictions
    assert words in fault.what
    assert [piece.charge.segment.job for piece in plan.pieces] == ["2"]


@given(
    st.lists(st.integers(1, 5000), max_size=6),
    st.lists(st.integers(T0, T0 + 5000), max_size=3),
    st.lists(st.integers(T0, T0 + 5000), max_size=3),
)
def test_a_job_metered_while_it_ran_is_trued_up_to_the_second_whatever_was_seen_when(
    seen, before, after
):
    office, whole_job = Office(), segment(1, seconds=5000)
    for at, seconds in enumerate(seen):
        borders = before if at < 3 else before + after
        periods = tuple((low, low + 1) for low in borders)
        office.take([segment(1, seconds=seconds, is_running=True)], periods=periods)
    for _ in range(2):
        plan = office.take([whole_job], periods=tuple((low, low + 1) for low in before + after))
        assert plan.contradictions == ()
    assert office.seconds() == whole_job.unit_seconds


def test_a_running_job_that_is_seen_again_earlier_changes_nothing():
    office = Office()
    office.take([segment(1, seconds=900, is_running=True)])
    plan = office.take([segment(1, seconds=600, is_running=True)])
    assert (plan.pieces, plan.contradictions, plan.known) == ((), (), 1)


def test_a_job_metered_as_running_for_longer_than_it_ran_is_told():
    office = Office()
    office.take([segment(1, seconds=900, is_running=True)])
    [fault] = office.take([segment(1, seconds=600)]).contradictions
    assert "running until" in fault.what
