"""Costs leave as FOCUS 1.2: every row once, sums exact, and the Foundation's own checks pass."""

import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

from apportion.adapters.focus.parse import parse_focus
from apportion.adapters.focus.render import Site
from apportion.apps.formats.costs import export_costs
from apportion.apps.ledger.models import Tip
from apportion.apps.meter.models import Charge
from apportion.apps.rounds.actions import set_rate
from apportion.core.faults import BadInput
from apportion.core.ledger import TransferCode
from apportion.core.refusals import Refused
from apportion.core.windows import to_epoch_us
from apportion.office.cli import run
from tests.apps.formats.conftest import START, job, pay
from tests.apps.small_lab import DATES, GPU, HOUR
from tests.focus_validator import failing_rules

SHOWN = Site(name="Lab 'A'", currency="EUR", credit_price=Decimal("0.5"), bills=False)
# The validator asks both that InvoiceId be null without an invoice and that it not be null with
# one, of every row: each file fails one of the two, and passes the rule that joins them.
CANNOT_HOLD = {"InvoiceId-C-005-C"}


@pytest.fixture
def export(folk, tmp_path):
    """Exports to CSV and reads it back."""

    def call(site=SHOWN):
        out = tmp_path / "focus.csv"
        export_costs(out=out, site=site, by=folk["ops"])
        with out.open(newline="") as stream:
            return list(csv.DictReader(stream))

    return call


def usage(rows):
    return [row for row in rows if row["ChargeCategory"] == "Usage"]


def stamp(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_a_job_is_a_charge_of_its_project_in_its_round(alpha, take, export):
    take(job(1, hours=1.5, gpus=4))
    (row,) = usage(export())
    assert (row["BillingAccountId"], row["BillingAccountName"]) == ("spring", "Spring")
    assert stamp(row["BillingPeriodStart"]) == DATES.credits_start_at
    assert stamp(row["BillingPeriodEnd"]) == DATES.credits_end_at
    assert (row["SubAccountId"], row["SubAccountName"]) == ("alpha", "Alpha")
    assert stamp(row["ChargePeriodStart"]) == START
    assert stamp(row["ChargePeriodEnd"]) == START + timedelta(hours=1.5)
    assert Fraction(row["ConsumedQuantity"]) == 6 * HOUR
    assert (row["ConsumedUnit"], row["PricingUnit"]) == ("GPU-Seconds", "GPU-Hours")
    assert Decimal(row["PricingQuantity"]) == 6
    assert (row["SkuId"], row["x_GpuType"]) == (GPU, "h100")
    assert row["SkuPriceId"].startswith(f"{GPU}@2026-03-02T09:00:00Z")
    assert row["ResourceId"].endswith("/1")
    assert json.loads(row["Tags"]) == {
        "area": "foundations",
        "project": "alpha",
        "round": "spring",
        "user": "ann",
    }
    assert (row["ProviderName"], row["ChargeClass"]) == ("Lab 'A'", "")


def test_costs_are_credits_at_the_sites_price_and_nothing_is_billed_by_itself(alpha, take, export):
    take(job(1, hours=1, gpus=3))
    (row,) = usage(export())
    assert Decimal(row["PricingCurrencyEffectiveCost"]) == 6
    assert Decimal(row["PricingCurrencyListUnitPrice"]) == 2
    for column in ("ListCost", "ContractedCost", "EffectiveCost"):
        assert Decimal(row[column]) == 3
    assert Decimal(row["BilledCost"]) == 0
    assert (row["BillingCurrency"], row["PricingCurrency"]) == ("EUR", "XXX")
    site = Site(name="Lab", currency="EUR", credit_price=Decimal("0.5"), bills=True)
    (row,) = usage(export(site))
    assert Decimal(row["BilledCost"]) == 3


def test_grants_are_purchases_and_what_comes_back_is_credit(alpha, take, export):
    take(job(1, hours=1, gpus=8, state="NODE_FAIL"))
    rows = export()
    (bought,) = [row for row in rows if row["ChargeCategory"] == "Purchase"]
    assert (bought["SubAccountId"], Decimal(bought["PricingQuantity"])) == (
        "alpha",
        Decimal("20.5"),
    )
    assert Decimal(bought["EffectiveCost"]) == 0
    assert bought["ConsumedQuantity"] == ""
    (back,) = [row for row in rows if row["ChargeCategory"] == "Credit"]
    assert Decimal(back["x_Credits"]) == -16
    assert back["ChargeFrequency"] == "One-Time"


def test_other_movements_are_adjustments_out_of_one_project_and_into_another(alpha, export):
    pay("alpha", 2, code=TransferCode.REDIRECT)
    rows = [row for row in export() if row["ChargeCategory"] == "Adjustment"]
    assert [Decimal(row["x_Credits"]) for row in rows] == [Decimal(-4)]


def test_usage_that_was_told_after_its_period_closed_is_a_correction(alpha, take, export):
    take(job(1))
    Tip.objects.update(closed_before_us=to_epoch_us(START + timedelta(days=2)))
    take(job(2, start=START + timedelta(hours=3)))
    classes = {
        row["ResourceName"] + row["ResourceId"][-1]: row["ChargeClass"] for row in usage(export())
    }
    assert classes == {"train1": "", "train2": "Correction"}


def test_usage_in_suspense_has_no_sub_account_and_what_ran_outside_has_no_round(
    alpha, take, export
):
    take(job(1, account="nobody"), job(2, start=DATES.credits_end_at + timedelta(days=40)))
    rows = {row["ResourceId"][-1]: row for row in usage(export())}
    assert rows["1"]["SubAccountId"] == rows["1"]["SubAccountType"] == ""
    assert rows["2"]["BillingAccountId"] == "unassigned"
    assert stamp(rows["2"]["BillingPeriodStart"]).day == 1


def test_unit_prices_times_quantities_are_the_costs_where_a_rate_changed_in_between(
    alpha, take, export
):
    set_rate(resource=GPU, microcredits_per_unit=3_000_000, starts_at=START + timedelta(minutes=20))
    take(job(1, hours=1, gpus=3))
    (row,) = usage(export())
    assert Decimal(row["x_Credits"]) == 8
    product = Decimal(row["PricingQuantity"]) * Decimal(row["ListUnitPrice"])
    assert abs(product - Decimal(row["ListCost"])) < Decimal("1e-9")


def test_every_charge_is_told_once_and_their_sum_is_that_of_the_books(alpha, take, export):
    take(
        *(
            job(n, hours=n / 7, gpus=1 + n % 8, start=START + timedelta(hours=n))
            for n in range(1, 40)
        )
    )
    rows = usage(export())
    charges = Charge.objects.all()
    assert {row["x_TransferId"] for row in rows} == {bytes(row.key).hex() for row in charges}
    assert sum(Fraction(row["ConsumedQuantity"]) for row in rows) == sum(
        row.unit_seconds for row in charges
    )
    assert sum(Decimal(row["x_Credits"]) * 10**6 for row in rows) == sum(
        row.microcredits for row in charges
    )


HOSTILE = "a \"quoted\", 'name' ; with | é=1+1"


def test_names_of_every_kind_survive(alpha, take, export, folk):
    alpha.title = HOSTILE
    alpha.save()
    take(job(1, name='x"y,z'))
    (row,) = usage(export())
    assert (row["SubAccountName"], row["ResourceName"]) == (HOSTILE, 'x"y,z')


def test_our_own_reader_reads_back_what_was_exported(alpha, take, folk, tmp_path):
    take(job(1, hours=1 / 3, gpus=8), job(2, hours=2, gpus=1, start=START + timedelta(hours=1)))
    out = tmp_path / "focus.csv"
    export_costs(out=out, site=SHOWN, by=folk["ops"])
    found = [
        one for one in parse_focus([out.read_bytes()], file="focus.csv") if isinstance(one, tuple)
    ]
    segments = [segment for one in found for segment in one]
    assert {(s.project, s.resource, s.size * (s.ended_at - s.started_at)) for s in segments} == {
        ("alpha", GPU, 9600),
        ("alpha", GPU, 7200),
    }


def test_parquet_says_what_csv_says(alpha, take, export, folk, tmp_path):
    take(job(1), job(2, start=START + timedelta(hours=2), gpus=3))
    rows = export()
    out = tmp_path / "focus.parquet"
    assert export_costs(out=out, site=SHOWN, by=folk["ops"]) == len(rows)
    with duckdb.connect(":memory:") as books:
        sums = "sum(ListCost), sum(ConsumedQuantity), count(*)"
        found = books.execute(f"SELECT {sums} FROM read_parquet('{out}')").fetchone()
    assert found == (
        sum(Decimal(row["ListCost"]) for row in rows),
        sum(Decimal(row["ConsumedQuantity"] or 0) for row in rows),
        len(rows),
    )


def test_an_office_without_charges_writes_a_file_with_columns_alone(spring, export):
    assert export() == []


def test_exporting_needs_a_role_and_a_file_of_a_known_kind(alpha, folk, tmp_path):
    with pytest.raises(Refused):
        export_costs(out=tmp_path / "a.csv", site=SHOWN, by=folk["ann"])
    with pytest.raises(BadInput, match=r"Name it \.csv or \.parquet"):
        export_costs(out=tmp_path / "a.txt", site=SHOWN, by=folk["ops"])
    with pytest.raises(BadInput, match="cannot be written"):
        export_costs(out=tmp_path / "none" / "a.csv", site=SHOWN, by=folk["ops"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("--currency", "euro"), ("--credit-price", "-1"), ("--credit-price", "1e-12")]
)
def test_the_command_refuses_prices_that_are_none(alpha, tmp_path, words):
    out = tmp_path / "a.csv"
    assert run(["export", "focus", "--out", str(out), "--as", "ops", *words]) == 2
    assert not out.exists()


@pytest.mark.focus
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_foundations_validator_finds_nothing_wrong(alpha, take, folk, tmp_path, suffix):
    take(
        *(
            job(n, hours=n / 7, gpus=1 + n % 8, start=START + timedelta(hours=n))
            for n in range(1, 9)
        ),
        job(90, account="nobody"),
        job(91, state="NODE_FAIL", start=START + timedelta(hours=80)),
    )
    pay("alpha", 2, code=TransferCode.REDIRECT)
    Tip.objects.update(closed_before_us=to_epoch_us(START + timedelta(days=9)))
    take(job(92, start=START + timedelta(days=8)))
    out = tmp_path / f"focus.{suffix}"
    export_costs(out=out, site=SHOWN, by=folk["ops"])
    assert failing_rules(out) == CANNOT_HOLD
