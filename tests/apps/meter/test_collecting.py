"""Reading a cluster's accounting: what a sync finds, misses never and never counts twice."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import balance_of
from apportion.apps.ledger.statements import booked_usage
from apportion.apps.meter.collecting import is_due, sync_usage
from apportion.apps.meter.models import Charge, Collector, Reject, UsageImport
from apportion.apps.meter.queries import accounted_usage
from apportion.apps.meter.rejects import list_rejects, replay_rejects
from apportion.apps.meter.wording import tell_step
from apportion.core.faults import WorldError
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Refused
from apportion.core.windows import from_epoch
from tests.apps.meter.said import START, Job, Scheduler, many
from tests.apps.small_lab import GPU, HOUR

ALPHA = Key(Kind.PROJECT, "alpha", GPU)


@pytest.fixture
def scheduler(alpha, tmp_path):
    return Scheduler(tmp_path)


@pytest.fixture
def sync(folk, scheduler):
    def syncing(**more):
        return sync_usage(accounting=scheduler, by=folk["ops"], now=scheduler.clock, **more)

    return syncing


def charged():
    return sum(Charge.objects.values_list("unit_seconds", flat=True))


def sound():
    audit = audit_books()
    return not audit.differences and set(audit.sums.values()) <= {0}


def test_a_sync_books_what_ran_and_the_second_one_nothing(scheduler, sync):
    scheduler.jobs = many(6, seconds=900)
    assert sync(since=from_epoch(START)).added == 6
    assert charged() == scheduler.used()
    again = sync()
    assert (again.added, again.rejects, again.contradictions) == (0, 0, 0)
    assert UsageImport.objects.count() == 1


def test_a_sync_tells_how_far_it_is_after_each_window(scheduler, sync):
    scheduler.now = START + 200 * HOUR
    scheduler.jobs = [Job(1), Job(2, start=START + 190 * HOUR)]
    steps = []
    told = sync(since=from_epoch(START), progress=steps.append)
    assert len(steps) == told.windows > 1
    assert [step.window for step in steps] == scheduler.asked
    assert sum(step.imported.added for step in steps) == told.added == 2
    assert steps[-1].window[1] == steps[-1].until == scheduler.now
    assert "1 rows, 1 charges added" in tell_step(steps[-1])


def test_a_sync_begins_again_before_the_last_one_by_the_longest_job(scheduler, sync):
    sync(since=from_epoch(START))
    scheduler.now += HOUR
    told = sync()
    assert told.span == (scheduler.now - HOUR - 24 * HOUR, scheduler.now)
    assert Collector.objects.get().covered_until == scheduler.clock


def test_a_running_job_is_metered_up_to_now_and_trued_up_when_it_has_ended(scheduler, sync):
    scheduler.jobs = [Job(1, start=scheduler.now - 600, seconds=7200)]
    sync(since=from_epoch(START))
    assert charged() == 8 * 600
    for _ in range(3):
        scheduler.now += 3000
        sync()
        assert charged() == scheduler.used()
    assert charged() == 8 * 7200
    assert set(Charge.objects.values_list("state", flat=True)) == {"COMPLETED"}
    assert sound()


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_jobs_at_the_borders_of_polls_are_neither_missed_nor_doubled(alpha, folk, tmp_path, data):
    """Custos: a job that ended between two polls, or on the very second of one, was missed."""
    from django.db import transaction

    with transaction.atomic():
        scheduler = Scheduler(tmp_path, now=START + 10)
        spans = st.tuples(st.integers(0, 4000), st.integers(1, 4000), st.integers(0, 900))
        scheduler.jobs = [
            Job(
                number,
                start=START + low,
                seconds=size,
                gpus=1,
                written_at=START + low + size + late,
            )
            for number, (low, size, late) in enumerate(data.draw(st.lists(spans, max_size=6)), 1)
        ]
        for wait in [*data.draw(st.lists(st.integers(1, 3000), max_size=5)), 20_000]:
            scheduler.now += wait
            sync_usage(accounting=scheduler, by=folk["ops"], now=scheduler.clock, since=None)
        assert charged() == sum(job.seconds for job in scheduler.jobs)
        transaction.set_rollback(True)


def test_a_job_that_the_database_learns_of_late_is_charged_with_its_true_time(scheduler, sync):
    """Custos: what slurmdbd wrote after the poll was missed."""
    scheduler.jobs = [Job(1, start=START + 600, seconds=600)]
    late, scheduler.jobs = scheduler.jobs, []
    sync(since=from_epoch(START))
    scheduler.now += 3 * HOUR
    sync()
    scheduler.jobs = late
    sync()
    [charge] = Charge.objects.all()
    assert (charge.started_at, charge.ended_at) == (
        from_epoch(START + 600),
        from_epoch(START + 1200),
    )


def test_one_job_of_an_unknown_account_or_user_stops_no_other(scheduler, sync):
    """Custos: one job that nobody knew stopped the cycle."""
    scheduler.jobs = [Job(1, account="nobody"), Job(2, user=""), Job(3), Job(4, account="")]
    told = sync(since=from_epoch(START))
    assert (told.added, told.suspended) == (4, 3)
    assert {c.job: c.project is not None for c in Charge.objects.all()} == {
        "1": False, "2": False, "3": True, "4": False
    }  # fmt: skip
    assert charged() == scheduler.used()


def test_a_job_is_attributed_to_its_own_account_whoever_ran_it(scheduler, sync):
    """Custos: usage was attributed to the user's default account."""
    scheduler.jobs = [Job(1, user="ann"), Job(2, user="bob"), Job(3, user="bob", account="beta")]
    sync(since=from_epoch(START))
    assert balance_of(Key(Kind.CONSUMED, "alpha", GPU)) == 16 * HOUR
    assert balance_of(Key(Kind.SUSPENSE, "beta", GPU)) == -8 * HOUR


@pytest.mark.parametrize("trouble", ["half", "sacct: Connection refused"])
def test_a_window_that_was_answered_by_half_counts_as_not_read(scheduler, sync, trouble):
    scheduler.jobs = many(6, seconds=900)
    sync(since=from_epoch(START))
    reached = Collector.objects.get().covered_until
    scheduler.jobs += [Job(50, start=scheduler.now + 60, seconds=60)]
    scheduler.now += HOUR
    scheduler.trouble = {len(scheduler.asked) + 1: trouble}
    with pytest.raises(WorldError):
        sync()
    row = Collector.objects.get()
    assert row.covered_until == reached
    assert row.trouble
    assert is_due("c1", now=scheduler.clock, minutes=600)
    sync()
    assert charged() == scheduler.used()
    assert Collector.objects.get().trouble == ""


def test_a_sync_that_stops_in_the_middle_goes_on_from_its_last_whole_window(scheduler, sync):
    day = 24 * HOUR
    scheduler.jobs = [Job(n, start=START + n * day, seconds=600) for n in range(1, 9)]
    scheduler.now = START + 10 * day
    scheduler.trouble = {3: "the line is down"}
    with pytest.raises(WorldError):
        sync(since=from_epoch(START))
    reached = int(Collector.objects.get().covered_until.timestamp())
    assert reached == scheduler.asked[1][1]
    assert 0 < charged() < scheduler.used()
    assert sync().span[0] == reached - day
    assert charged() == scheduler.used()
    assert sound()


def test_a_clock_that_was_set_back_between_polls_loses_and_doubles_nothing(scheduler, sync):
    scheduler.jobs = many(6, seconds=900)
    sync(since=from_epoch(START))
    scheduler.now -= 2 * HOUR
    scheduler.jobs += [Job(90, start=scheduler.now + 60, seconds=300)]
    scheduler.now += 600
    told = sync()
    assert told.stepped_back == 2 * HOUR - 600
    assert charged() == sum(job.gpus * job.seconds for job in scheduler.jobs)
    scheduler.now += 5 * HOUR
    sync()
    assert charged() == scheduler.used()


def test_a_bad_row_is_kept_word_for_word_once_and_replayed_after_a_mend(
    scheduler, sync, folk, monkeypatch
):
    good = Job(1).row(now=scheduler.now)
    bad = good.replace("1|c1", "2|c1").replace("gpu:h100=8", "gpu:h100=eight")
    scheduler.extra = [good, bad]
    assert sync(since=from_epoch(START)).rejects == 1
    assert sync().rejects == 0
    [reject] = list_rejects()
    assert (reject.text + "\n", reject.field) == (bad, "alloctres")
    assert "a count is not a whole number" in reject.what
    replay = {"cluster": "c1", "by": folk["ops"], "now": scheduler.clock}
    assert replay_rejects(**replay)[0] == 0
    Reject.objects.update(text=bad.replace("eight", "8").strip())  # as if we could read it now
    assert replay_rejects(**replay, dry_run=True)[0] == 1
    taken, [imported] = replay_rejects(**replay)
    assert (taken, imported.added) == (1, 1)
    assert list_rejects() == []
    assert charged() == 16 * HOUR


def test_a_row_that_was_mended_at_its_source_is_no_longer_open(scheduler, sync):
    bad = Job(2).row(now=scheduler.now).replace(str(Job(2).end), str(START - 5))
    scheduler.extra = [bad]
    sync(since=from_epoch(START))
    assert "ends before it starts" in list_rejects()[0].what
    scheduler.extra = [Job(2).row(now=scheduler.now)]
    sync(since=from_epoch(START))
    assert list_rejects() == []
    assert [row.state for row in list_rejects(every=True)] == ["gone"]


@pytest.mark.parametrize("account", ["al;pha", "a'b\"c", "naïve-日本", "$(touch x)"])
def test_hostile_names_go_to_suspense_as_they_are(scheduler, sync, account):
    scheduler.jobs = [Job(1, account=account)]
    sync(since=from_epoch(START))
    assert Charge.objects.get().account == account


def test_node_failures_are_refunded_and_other_ends_are_not(scheduler, sync, settings):
    settings.APPORTION_REFUNDS = "NODE_FAIL=1,PREEMPTED=0.5"
    states = ("NODE_FAIL", "PREEMPTED", "FAILED", "CANCELLED", "TIMEOUT")
    scheduler.jobs = [Job(n, seconds=900, state=state) for n, state in enumerate(states, 1)]
    told = sync(since=from_epoch(START))
    assert dict(told.refunded_seconds) == {GPU: 8 * 900 + 4 * 900}
    assert balance_of(ALPHA) == 20 * HOUR - 5 * 8 * 900 + 12 * 900
    assert sync().refunded_seconds == ()
    assert charged() == scheduler.used()
    assert sound()


def test_a_refund_reaches_back_to_what_was_charged_while_the_job_ran(scheduler, sync):
    scheduler.jobs = [Job(1, start=scheduler.now - 600, seconds=1200, state="NODE_FAIL")]
    sync(since=from_epoch(START))
    assert balance_of(ALPHA) == 20 * HOUR - 8 * 600
    scheduler.now += HOUR
    sync()
    assert balance_of(ALPHA) == 20 * HOUR
    assert set(Charge.objects.values_list("state", flat=True)) == {"NODE_FAIL"}
    assert sound()


def test_a_dry_run_of_a_sync_writes_nothing(scheduler, sync):
    scheduler.jobs = many(3, seconds=900)
    assert sync(since=from_epoch(START), dry_run=True).added == 3
    assert not Charge.objects.exists()
    assert not Collector.objects.exists()


def test_nobody_but_an_operator_syncs(scheduler, folk):
    for name in ("ann", "rev", "eve", "aud"):
        with pytest.raises(Refused):
            sync_usage(accounting=scheduler, by=folk[name], now=scheduler.clock)
    assert scheduler.asked == []


def test_a_job_that_ended_before_it_was_last_seen_gives_back_what_was_charged_beyond(
    scheduler, sync
):
    scheduler.jobs = [Job(1, start=scheduler.now - 600, seconds=7200, gpus=40)]
    sync(since=from_epoch(START))
    scheduler.now += 1800
    sync()
    assert balance_of(Key(Kind.OVERRUN, "alpha", GPU)) == 20 * HOUR - 40 * 2400
    scheduler.jobs = [replace(scheduler.jobs[0], seconds=300)]
    assert sync().contradictions == 0
    assert charged() == scheduler.used() == 40 * 300
    assert balance_of(ALPHA) == 20 * HOUR - 40 * 300
    assert balance_of(Key(Kind.OVERRUN, "alpha", GPU)) == 0
    assert booked_usage() == accounted_usage()
    before = Charge.objects.count()
    sync()
    assert Charge.objects.count() == before
    assert sound()


def test_a_run_that_a_crash_wrote_over_is_given_back_once_the_scheduler_is_sure(scheduler, sync):
    first = Job(1, start=scheduler.now - 600, seconds=7200)
    scheduler.jobs = [first]
    sync(since=from_epoch(START))
    again = replace(first, start=scheduler.now + 30, seconds=100, sent=first.start - 60)
    scheduler.jobs = [again]
    scheduler.now += 200
    sync()
    assert charged() == 8 * 600 + 8 * 100
    scheduler.now += 600
    for _ in range(2):
        assert sync().contradictions == 0
        assert charged() == scheduler.used() == 8 * 100
    assert booked_usage() == accounted_usage()
    assert sound()
