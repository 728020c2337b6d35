"""Importing usage into the office: once, in full, and visible where no credits answer for it."""

from datetime import timedelta

import pytest

from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Transfer
from apportion.apps.ledger.queries import balance_of, statement
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.models import Charge, UsageImport
from apportion.apps.meter.queries import balance_rows, list_imports, use_rows
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.rounds.actions import set_rate
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from apportion.core.windows import Window
from tests.apps.small_lab import DATES, GPU, HOUR, NOW

START = int(DATES.credits_start_at.timestamp())
END = int(DATES.credits_end_at.timestamp())
ALPHA = Key(Kind.PROJECT, "alpha", GPU)


def job(number, *, start=START + HOUR, hours=1, gpus=8, account="alpha", name="train"):
    end = start + int(hours * HOUR)
    cells = [
        number,
        "c1",
        account,
        "ann",
        "gpu",
        "normal",
        "COMPLETED",
        start - 60,
        start - 60,
        start,
        end,
    ]
    tres = f"gres/gpu:h100={gpus},gres/gpu={gpus}"
    return (
        "|".join(str(cell) for cell in [*cells, end - start, 120, tres, "", 1, 8, "0:0", name])
        + "\n"
    )


@pytest.fixture
def take(folk, tmp_path):
    """Imports rows as one file of sacct text."""
    numbers = iter(range(100))

    def importing(*rows, by="ops", **more):
        path = tmp_path / f"usage-{next(numbers)}.txt"
        path.write_text("".join(rows))
        source = read_source(str(path), layout=Layout(format=Format.SACCT))
        [one] = import_usage(sources=[source], by=folk[by], now=NOW, **more)
        return one

    return importing


def books():
    """Everything that an import may change, except that it was run."""
    return (
        sorted(Charge.objects.values_list("key", "unit_seconds", "overrun_seconds", "project")),
        sorted(Transfer.objects.values_list("transfer_id", "amount")),
        audit_books(),
    )


def test_use_is_paid_from_the_projects_credits_and_the_books_balance(alpha, take):
    taken = take(job(1), job(2, hours=0.5))
    assert (taken.added, taken.suspended, taken.overrun_seconds) == (2, 0, {GPU: 0})
    assert balance_of(ALPHA) == (20 - 12) * HOUR
    assert balance_of(Key(Kind.CONSUMED, "alpha", GPU)) == 12 * HOUR
    assert (audit_books().sums, audit_books().differences) == ({GPU: 0}, ())
    assert {charge.project for charge in Charge.objects.all()} == {alpha}


def test_use_beyond_the_credits_goes_to_overrun_and_is_never_refused(alpha, take):
    take(job(1), job(2, start=START + 3 * HOUR), job(3, start=START + 5 * HOUR))
    [row] = balance_rows()
    assert (row.granted, row.used, row.overrun, row.left) == tuple(n * HOUR for n in (20, 24, 4, 0))
    [late] = Charge.objects.filter(overrun_seconds__gt=0)
    assert (late.job, late.overrun_seconds) == ("3", 4 * HOUR)
    assert sum(line.amount for line in statement(ALPHA)) == 0


def test_importing_twice_overlapping_and_reordered_changes_nothing(alpha, take):
    rows = [job(number, start=START + number * HOUR) for number in range(1, 6)]
    take(*rows[:3])
    take(*reversed(rows))
    before = books()
    again = take(*rows)
    assert (again.added, again.known, again.rejects) == (0, 5, ())
    take(*rows[2:], *rows[:4])
    assert books() == before
    assert UsageImport.objects.count() == 4


@pytest.mark.parametrize("row", [job(1, account="stranger"), job(1, start=START - 9 * HOUR)])
def test_use_that_no_credits_answer_for_waits_in_suspense_and_is_not_lost(alpha, take, row):
    assert take(row).suspended == 1
    assert balance_of(ALPHA) == 20 * HOUR
    [charge] = Charge.objects.all()
    assert (charge.project, charge.unit_seconds) == (None, 8 * HOUR)
    assert balance_of(Key(Kind.SUSPENSE, charge.account, GPU)) == -8 * HOUR


def test_a_job_over_the_end_of_the_credits_is_cut_there(alpha, take):
    row = job(1, start=END - HOUR, hours=2, gpus=4)
    taken = take(row, only="spring")
    assert (taken.added, taken.outside) == (1, 1)
    assert balance_of(ALPHA) == 16 * HOUR
    assert statement(ALPHA)[0].at < DATES.credits_end_at
    rest = take(row)
    assert (rest.added, rest.known, rest.suspended) == (1, 1, 1)
    assert sum(Charge.objects.values_list("unit_seconds", flat=True)) == 8 * HOUR


def test_a_dry_run_writes_nothing(alpha, take):
    before = books()
    assert take(job(1), dry_run=True).added == 1
    assert books() == before
    assert not UsageImport.objects.exists()


def test_a_bad_row_is_reported_with_its_line_and_stops_nothing(alpha, take):
    taken = take(job(1), "garbage\n", job(2).replace("COMPLETED", "a|b|c"), job(3)[:40])
    assert taken.added == 1
    assert [fault.line for fault in taken.rejects] == [2, 3, 4]
    assert list_imports()[0].rejects == 3


def test_a_record_that_changed_since_is_told_and_the_books_stand(alpha, take):
    take(job(1))
    before = books()
    taken = take(job(1, gpus=16), job(1, gpus=16))
    assert (taken.added, [fault.line for fault in taken.rejects]) == (0, [1])
    assert "with 8 units" in str(taken.rejects[0])
    assert books() == before


def test_a_rate_prices_what_is_charged(alpha, take):
    set_rate(resource=GPU, microcredits_per_unit=2_500_000, starts_at=NOW)
    take(job(1))
    [use] = use_rows()
    assert (use.project, use.charges, use.microcredits) == ("alpha", 1, 20_000_000)


def test_use_is_listed_by_when_it_ended(alpha, take):
    take(job(1), job(2, start=START + 48 * HOUR))
    first_day = Window(
        starts_at=DATES.credits_start_at, ends_at=DATES.credits_start_at + timedelta(days=1)
    )
    assert [use.charges for use in use_rows(window=first_day)] == [1]
    assert [use.charges for use in use_rows()] == [2]


def test_names_longer_than_a_column_are_shortened(alpha, take):
    take(job(1, name="n" * 5000), job(2, account="a" * 300))
    assert len(Charge.objects.get(job="1").name) == 200
    assert len(Charge.objects.get(job="2").account) == 120


def test_nobody_but_an_operator_imports(alpha, take):
    for person in ("ann", "rev", "eve", "aud"):
        with pytest.raises(Refused) as error:
            take(job(1), by=person)
        assert error.value.refusals[0].code is Code.NOT_ALLOWED
    assert not Charge.objects.exists()


def test_an_unknown_round_is_refused_and_nothing_is_written(alpha, take):
    with pytest.raises(Refused) as error:
        take(job(1), only="autumn")
    assert error.value.refusals[0].code is Code.NOT_FOUND
    assert not UsageImport.objects.exists()


def test_an_import_asks_the_database_little_however_many_jobs(
    alpha, take, django_assert_max_num_queries
):
    rows = [job(number, start=START + number) for number in range(1, 400)]
    with django_assert_max_num_queries(45):
        take(*rows)
