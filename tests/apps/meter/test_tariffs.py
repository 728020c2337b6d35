"""The site's rates.toml reaches real charges: nights, preemptible work and what is given back."""

from datetime import UTC, datetime, timedelta

import pytest

from apportion.apps.ledger.actions import lock_tip
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Record
from apportion.apps.ledger.queries import balance_of
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.models import Charge
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.rounds.actions import set_rate
from apportion.apps.tariffs.actions import record_of, set_tariff
from apportion.apps.tariffs.queries import version_on, versions
from apportion.core.faults import BadInput
from apportion.core.journal import hash_leaf
from apportion.core.refusals import Code, Refused
from tests.apps.meter.conftest import ALPHA
from tests.apps.meter.test_actions import job
from tests.apps.small_lab import DATES, GPU, HOUR, NOW

DAY = DATES.credits_start_at.date() + timedelta(days=1)
MIDNIGHT = int(datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC).timestamp())
RATES = """schema = "apportion.rates/1"
[[classes]]
name = "preemptible"
qos = ["scavenger"]
[[classes]]
name = "night"
hours = "20:00-06:00"
[[rates]]
resource = "gpu:h100"
credits = "4"
[[rates]]
resource = "gpu:h100"
class = "preemptible"
credits = "0.5"
[[rates]]
resource = "gpu:h100"
class = "night"
credits = "2"
[refunds]
PREEMPTED = "0.5"
"""


@pytest.fixture
def take(folk, tmp_path):
    """Imports rows as one file of sacct text."""
    numbers = iter(range(100))

    def importing(*rows):
        path = tmp_path / f"usage-{next(numbers)}.txt"
        path.write_text("".join(rows))
        source = read_source(str(path), layout=Layout(format=Format.SACCT))
        [one] = import_usage(sources=[source], by=folk["ops"], now=NOW)
        return one

    return importing


@pytest.fixture
def priced(alpha, folk):
    """One credit an hour, and the rates.toml from the second day of the credits on."""
    set_rate(resource=GPU, microcredits_per_unit=1_000_000, starts_at=DATES.credits_start_at)
    return put(folk)


def put(folk, text=RATES, *, on=DAY, by="ops", **more):
    return set_tariff(
        toml=text.encode(), file="rates.toml", starts_on=on, by=folk[by], now=NOW, **more
    )


def costs():
    return dict(Charge.objects.values_list("job", "microcredits"))


def test_a_job_is_priced_by_its_class_and_the_hour_in_which_it_ran(priced, take):
    noon = MIDNIGHT + 12 * HOUR
    night = MIDNIGHT + 19 * HOUR
    cheap = job(3, start=noon, gpus=1).replace("|normal|", "|scavenger|")
    take(
        job(1, start=noon, gpus=1),
        job(2, start=night, hours=2, gpus=1),
        cheap,
        job(4, start=MIDNIGHT - HOUR, hours=2, gpus=1),
    )
    assert costs() == {"1": 4_000_000, "2": 6_000_000, "3": 500_000, "4": 3_000_000}


def test_what_ended_under_the_tariff_is_refunded_by_it(priced, take, settings):
    settings.APPORTION_REFUNDS = "NODE_FAIL=1"
    early = job(1, gpus=2).replace("COMPLETED", "PREEMPTED")
    late = job(2, start=MIDNIGHT, gpus=2).replace("COMPLETED", "PREEMPTED")
    taken = take(early, late)
    assert taken.refunded_seconds == {GPU: HOUR}
    assert balance_of(ALPHA) == (20 - 4 + 1) * HOUR
    assert audit_books().differences == ()


def test_new_prices_leave_what_is_charged_as_it_is(priced, take, folk):
    row = job(1, start=MIDNIGHT + 12 * HOUR, gpus=1)
    take(row)
    put(folk, RATES.replace('"4"', '"8"'))
    again = take(row, job(2, start=MIDNIGHT + 12 * HOUR, gpus=1))
    assert again.added == 1
    assert costs() == {"1": 4_000_000, "2": 8_000_000}


def test_every_version_is_sealed_and_setting_it_again_is_the_same_version(priced, folk):
    assert put(folk).pk == priced.pk
    second = put(folk, RATES + "# new\n")
    assert [row.number for row in versions()] == [1, 2]
    assert version_on(DAY) == second
    sealed = Record.objects.filter(kind="rates").order_by("seq")
    assert [row.subject for row in sealed] == ["1", "2"]
    assert bytes(sealed[1].hash) == hash_leaf(record_of(second))


def test_a_dry_run_sets_nothing(alpha, folk):
    assert put(folk, dry_run=True).number == 1
    assert versions() == []
    with pytest.raises(Refused) as refused:
        version_on(DAY)
    assert refused.value.refusals[0].code == Code.NOT_FOUND


def test_prices_are_set_by_the_board_or_an_operator_alone(alpha, folk):
    for name in ("ann", "rev", "aud"):
        with pytest.raises(Refused) as refused:
            put(folk, by=name)
        assert refused.value.refusals[0].code == Code.NOT_ALLOWED


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not a rate card"),
        ('schema = "apportion.rates/1"', "no rate is in it"),
        ("schema = ", "not TOML"),
        (RATES.replace('"4"', '"-4"'), "credits"),
        (RATES.replace("20:00", "20:07"), "not hours of a day"),
        (RATES.replace('class = "night"', 'class = "day"'), "no such class"),
    ],
)
def test_a_file_that_cannot_be_read_sets_nothing_and_says_why(alpha, folk, text, what):
    with pytest.raises(BadInput) as wrong:
        put(folk, text)
    assert what in str(wrong.value)
    assert versions() == []


def test_a_file_that_is_not_text_or_far_too_large_is_refused(alpha, folk):
    for data in (b"\xff\xfe", b"#" * 200_001):
        with pytest.raises(BadInput):
            set_tariff(toml=data, file="x", starts_on=DAY, by=folk["ops"], now=NOW)


def test_prices_do_not_begin_in_a_closed_period(alpha, folk):
    tip = lock_tip()
    tip.closed_before_us = (MIDNIGHT + 86_400) * 1_000_000
    tip.save()
    with pytest.raises(Refused) as refused:
        put(folk)
    assert refused.value.refusals[0].code == Code.PERIOD_CLOSED
    later = DAY + timedelta(days=1)
    assert put(folk, on=later).starts_on == later
