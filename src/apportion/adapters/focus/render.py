"""Charges and what moved between accounts, as rows of FOCUS 1.2: one query over raw rows.

Each raw row passes alone: the joins look it up in small tables, and nothing is sorted, so that a
file of any length is written in the memory of its small tables.

The pool of a round is the billing account and its credits' span the billing period; a project is
the sub account; a slice of a job is a charge period. Credits are a virtual currency and stand in
the PricingCurrency columns; the columns in national currency are credits at the site's price for
one, and nothing where it names none. What was used is measured in seconds, which are exact, and
priced in hours.

Source: FinOps Open Cost and Usage Specification 1.2.
"""

from dataclasses import dataclass
from decimal import Decimal

VIRTUAL = "XXX"  # of ISO 4217: no currency of any nation
NOWHERE = "unassigned"  # the billing account of what ran outside the credits of every round

# What stands in raw files: name and DuckDB's type. The reader of each gets them in this order.
ROWS = (
    ("category", "VARCHAR"),
    ("key", "VARCHAR"),
    ("project", "VARCHAR"),
    ("account", "VARCHAR"),
    ("person", "VARCHAR"),
    ("job", "VARCHAR"),
    ("name", "VARCHAR"),
    ("state", "VARCHAR"),
    ("resource", "VARCHAR"),
    ("size", "BIGINT"),
    ("started", "BIGINT"),
    ("ended", "BIGINT"),
    ("seconds", "BIGINT"),
    ("overrun", "BIGINT"),
    ("micro", "BIGINT"),
    ("cluster", "VARCHAR"),
)
LATE = (("key", "VARCHAR"),)
PROJECTS = (("project", "VARCHAR"), ("title", "VARCHAR"), ("area", "VARCHAR"))
ROUNDS = (("pool", "VARCHAR"), ("pool_name", "VARCHAR"), ("opens", "BIGINT"), ("closes", "BIGINT"))
RATES = (("resource", "VARCHAR"), ("since", "BIGINT"), ("per_unit", "BIGINT"))
UNITS = (("resource", "VARCHAR"), ("unit", "VARCHAR"), ("per", "BIGINT"))
TABLES = {
    "raw": ROWS,
    "late": LATE,
    "projects": PROJECTS,
    "rounds": ROUNDS,
    "rates": RATES,
    "units": UNITS,
}

USAGE, PURCHASE, CREDIT, ADJUSTMENT = "Usage", "Purchase", "Credit", "Adjustment"
MEASURE = "DECIMAL(38,12)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who provides, and what one credit is worth.

    Units: `credit_price` in units of `currency`, an ISO 4217 code, for one credit.
    """

    name: str
    currency: str
    credit_price: Decimal
    bills: bool


def render_query(site: Site) -> str:
    """Writes the query that turns the raw tables into FOCUS rows, in the order of their columns."""
    columns = ",\n    ".join(f'{value} AS "{name}"' for name, value in columns_of(site).items())
    return f"WITH {PLACED}\nSELECT\n    {columns}\nFROM told"


PLACED = """pools AS (
    SELECT *, coalesce(lead(opens) OVER (ORDER BY opens), 9223372036854775807) AS until FROM rounds
), priced_by AS (
    SELECT *, coalesce(lead(since) OVER (PARTITION BY resource ORDER BY since),
        9223372036854775807) AS until FROM rates
), placed AS (
    SELECT raw.*, title, area, unit, coalesce(per, 3600) AS per,
        raw.key IN (SELECT key FROM late) AS is_late,
        split_part(raw.resource, ':', 1) AS kind,
        nullif(split_part(raw.resource, ':', 2), '') AS device,
        coalesce(rates.per_unit, 0) AS per_unit, rates.since,
        pools.pool, pools.pool_name, pools.opens, pools.closes
    FROM raw
    LEFT JOIN projects USING (project)
    LEFT JOIN units ON units.resource = raw.resource
    LEFT JOIN pools
        ON raw.ended > pools.opens AND raw.ended <= pools.until AND raw.ended <= pools.closes
    LEFT JOIN priced_by AS rates
        ON raw.resource = rates.resource AND raw.started >= rates.since AND raw.started < rates.until
), priced AS (
    SELECT *, category IN ('Usage', 'Purchase') AS is_sold,
        CASE kind WHEN 'gpu' THEN 'GPU' WHEN 'cpu' THEN 'vCPU'
            ELSE upper(kind[1]) || kind[2:] END AS thing,
        CASE kind WHEN 'gpu' THEN 'Compute' WHEN 'cpu' THEN 'Compute' WHEN 'storage' THEN 'Storage'
            ELSE 'Other' END AS service,
        -- A rate that changed within the charge: the price that it came to.
        CASE WHEN seconds > 0
            AND abs(per_unit::DOUBLE * seconds / per - micro) > 2 + (ended - started) // 86400
            THEN micro::DOUBLE * per / seconds ELSE per_unit END / 1e6 AS credit_rate
    FROM placed
), told AS (
    SELECT *, (micro / 1e6)::DECIMAL(38,6) AS credits,
        (seconds::DOUBLE / per)::DECIMAL(38,12) AS priced_units,
        CASE unit WHEN 'item' THEN 'Items' WHEN 'week' THEN thing || '-Weeks'
            ELSE thing || '-Hours' END AS priced_in,
        CASE unit WHEN 'item' THEN 'Items' ELSE thing || '-Seconds' END AS used_in
    FROM priced
)"""


def columns_of(site: Site) -> dict[str, str]:
    """Names each column with the expression that fills it: those of FOCUS first, then our own."""
    return dict(sorted((_accounts(site) | _what() | _costs(site)).items())) | OWN


def _accounts(site: Site) -> dict[str, str]:
    lab = quote(site.name)
    month = "date_trunc('month', to_timestamp(started))"
    return {
        "BillingAccountId": f"coalesce(pool, '{NOWHERE}')",
        "BillingAccountName": "coalesce(pool_name, 'Outside the credits of every round')",
        "BillingCurrency": quote(site.currency),
        "BillingPeriodStart": f"coalesce({_instant('opens')}, {month})",
        "BillingPeriodEnd": f"coalesce({_instant('closes')}, {month} + INTERVAL 1 MONTH)",
        "InvoiceId": "NULL::VARCHAR",  # the office makes no invoices
        "InvoiceIssuerName": lab,
        "ProviderName": lab,
        "PublisherName": lab,
        "SubAccountId": "project",
        "SubAccountName": "title",
        "SubAccountType": "CASE WHEN project IS NOT NULL THEN 'Project' END",
    }


def _what() -> dict[str, str]:
    used = "category = 'Usage'"
    return {
        "ChargeCategory": "category",
        "ChargeClass": f"CASE WHEN is_late AND {used} THEN 'Correction' END",
        "ChargeDescription": f"CASE WHEN {used} THEN concat(resource, ' x ', size, ', job ', job, ', ', state)"
        " ELSE concat(state, ' of ', resource) END",
        "ChargeFrequency": f"CASE WHEN {used} THEN 'Usage-Based' ELSE 'One-Time' END",
        "ChargePeriodStart": _instant("started"),
        "ChargePeriodEnd": _instant("ended"),
        "CommitmentDiscountCategory": "NULL::VARCHAR",
        "CommitmentDiscountId": "NULL::VARCHAR",
        "CommitmentDiscountName": "NULL::VARCHAR",
        "CommitmentDiscountQuantity": f"NULL::{MEASURE}",
        "CommitmentDiscountStatus": "NULL::VARCHAR",
        "CommitmentDiscountType": "NULL::VARCHAR",
        "CommitmentDiscountUnit": "NULL::VARCHAR",
        "ConsumedQuantity": f"CASE WHEN {used} THEN seconds::{MEASURE} END",
        "ConsumedUnit": f"CASE WHEN {used} THEN used_in END",
        "PricingCategory": "'Standard'",
        "PricingQuantity": "priced_units",
        "PricingUnit": "priced_in",
        "RegionId": "cluster",
        "RegionName": "cluster",
        "ResourceId": f"CASE WHEN {used} THEN concat_ws('/', coalesce(cluster, 'job'), job) END",
        "ResourceName": f"CASE WHEN {used} THEN coalesce(name, job) END",
        "ResourceType": f"CASE WHEN {used} THEN 'Job' END",
        "ServiceCategory": "service",
        "ServiceName": "service || ' of the lab'",
        "ServiceSubcategory": "concat('Other (', service, ')')",
        "SkuId": "resource",
        "SkuMeter": "thing || ' time'",
        "SkuPriceDetails": "NULL::VARCHAR",
        "SkuPriceId": "concat(resource, '@', coalesce(strftime(to_timestamp(since), '%Y-%m-%dT%H:%M:%SZ'), 'none'))",
        "Tags": "json_object('area', area, 'project', project, 'round', pool, 'user', person)::VARCHAR",
    }


def _costs(site: Site) -> dict[str, str]:
    """Prices: what is bought with credits beforehand costs nothing again when it is granted."""
    worth = f"{site.credit_price}::DECIMAL(18,9)"
    cost = f"(credits::DECIMAL(28,6) * {worth})::{MEASURE}"
    price = f"(credit_rate * {site.credit_price})::{MEASURE}"
    is_grant = "category = 'Purchase'"
    billed = f"CASE WHEN {is_grant} THEN 0 ELSE {cost} END" if site.bills else f"0::{MEASURE}"
    return {
        "BilledCost": f"({billed})::{MEASURE}",
        "ContractedCost": cost,
        "ContractedUnitPrice": f"CASE WHEN is_sold THEN {price} END",
        "EffectiveCost": f"CASE WHEN {is_grant} THEN 0 ELSE {cost} END::{MEASURE}",
        "ListCost": cost,
        "ListUnitPrice": f"CASE WHEN is_sold THEN {price} END",
        "PricingCurrency": f"'{VIRTUAL}'",
        "PricingCurrencyContractedUnitPrice": f"CASE WHEN is_sold THEN credit_rate::{MEASURE} END",
        "PricingCurrencyEffectiveCost": f"CASE WHEN {is_grant} THEN 0 ELSE credits END::{MEASURE}",
        "PricingCurrencyListUnitPrice": f"CASE WHEN is_sold THEN credit_rate::{MEASURE} END",
    }


OWN = {
    "x_Account": "account",
    "x_Credits": "credits",
    "x_GpuType": "CASE WHEN kind = 'gpu' THEN device END",
    "x_OverrunSeconds": "overrun",
    "x_State": "state",
    "x_TransferId": "key",
}


def quote(text: str) -> str:
    """Writes a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _instant(epoch: str) -> str:
    return f"to_timestamp({epoch})"
