"""FOCUS 1.2 rows: what was consumed, in exact unit-seconds inside its period."""

import csv
import io

import pytest

from apportion.adapters.focus.parse import parse_focus
from apportion.core.meter.segments import Skip, gather

ROW = {
    "BillingAccountId": "b1",
    "SubAccountId": "proj-a",
    "ResourceId": "i-7",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargePeriodStart": "2026-01-01T00:00:00Z",
    "ChargePeriodEnd": "2026-01-01T01:00:00Z",
    "ConsumedQuantity": "8",
    "ConsumedUnit": "Hours",
    "SkuPriceDetails": '{"GpuCount": 8, "CoreCount": 96, "x_GpuType": "ignored", "GpuType": "H100"}',
    "Tags": "",
}


def read(*rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, ROW, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return gather(parse_focus([out.getvalue().encode()], file="f.csv"))


def used(reading):
    found = {}
    for one in reading.segments:
        found[one.resource] = found.get(one.resource, 0) + one.unit_seconds
    return found


def test_instance_hours_are_the_gpus_and_cores_of_the_instance_for_those_hours():
    assert used(read({})) == {"gpu:h100": 8 * 8 * 3600, "cpu": 8 * 96 * 3600}


@pytest.mark.parametrize(
    ("unit", "quantity", "expected"),
    [
        ("GPU-Hours", "16", {"gpu:h100": 57_600}),
        ("GPU Hours", "0.5", {"gpu:h100": 1_800}),
        ("vCPU-Seconds", "7201", {"cpu": 7_201}),
        ("GPU-Hour", "17.25", {"gpu:h100": 62_100}),
    ],
)
def test_an_amount_that_is_not_the_same_all_through_is_exact_and_inside_its_period(
    unit, quantity, expected
):
    reading = read({"ConsumedUnit": unit, "ConsumedQuantity": quantity})
    assert used(reading) == expected
    assert reading.jobs == 1
    start = min(one.started_at for one in reading.segments)
    assert all(one.ended_at <= start + 3600 for one in reading.segments)
    assert len({one.key for one in reading.segments}) == len(reading.segments)


def test_the_project_is_the_tag_and_else_the_sub_account():
    reading = read({}, {"Tags": '{"Project": "alpha"}', "ResourceId": "i-8"})
    assert {one.project for one in reading.segments} == {"proj-a", "alpha"}


@pytest.mark.parametrize(
    "change",
    [
        {"ChargeCategory": "Tax"},
        {"ChargeCategory": "Credit", "ConsumedQuantity": ""},
        {"ConsumedUnit": "GB-Hours"},
        {"ConsumedUnit": "Requests"},
        {"SkuPriceDetails": ""},
    ],
)
def test_what_is_not_use_of_a_metered_resource_is_passed_over_and_told(change):
    reading = read(change)
    assert (dict(reading.skipped), reading.rejects) == ({Skip.OTHER: 1}, ())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ConsumedQuantity": "-1"}, "consumedquantity"),
        ({"ConsumedQuantity": "0.0001", "ConsumedUnit": "GPU-Hours"}, "consumedquantity"),
        ({"ConsumedQuantity": "1e309"}, "consumedquantity"),
        ({"ConsumedQuantity": str(2**63)}, "consumedquantity"),
        ({"ChargePeriodEnd": "2026-01-01T00:00:00Z"}, "chargeperiodend"),
        ({"ChargePeriodStart": "soon"}, "chargeperiodstart"),
        ({"ChargePeriodStart": ""}, "chargeperiodstart"),
        ({"ChargeClass": "Correction"}, "chargeclass"),
        ({"SkuPriceDetails": "{"}, "skupricedetails"),
        ({"SkuPriceDetails": "[1]"}, "skupricedetails"),
        ({"SkuPriceDetails": '{"GpuCount": "x"}'}, "skupricedetails"),
        ({"SkuPriceDetails": '{"GpuCount": 1, "GpuType": "a b"}'}, "skupricedetails"),
        ({"Tags": "7"}, "tags"),
    ],
)
def test_a_bad_row_is_rejected_with_line_and_field_and_stops_nothing(change, field):
    reading = read({"ResourceId": "x"}, change, {"ResourceId": "y"})
    [fault] = reading.rejects
    assert (fault.line, fault.field, reading.jobs) == (3, field, 2)


def test_the_same_row_again_counts_once_and_another_amount_for_it_is_told():
    reading = read({}, {}, {"ConsumedQuantity": "7"})
    assert (reading.jobs, reading.duplicates, len(reading.rejects)) == (1, 1, 1)
