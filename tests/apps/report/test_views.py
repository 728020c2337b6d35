"""Titles are answers, statements sum to the balance, and every list stays quick when it is long."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.queries import balance_of, grouped_statement
from apportion.apps.meter.queries import AreaUse
from apportion.apps.report.public import Field, answer_claim, gather_periods
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.verify import verify_document
from tests.apps.pages import HOSTILE, QUERIES_A_PAGE, Text, crowd, heading, read, visit
from tests.apps.small_lab import DATES, GPU, HOUR, NOW, file_request

FIELDS = (
    Field(slug="assistant", name="Assistant", position=0, flagship=True),
    Field(slug="foundations", name="Foundations", position=1, flagship=False),
)


@pytest.fixture
def asked(folk, spring):
    return [
        file_request(
            spring, folk["ann"], slug, minimum=30, ask=40, score=score, reviewer=folk["rev"]
        )
        for slug, score in (("alpha", 9), ("beta", 7), ("gamma", 5), ("delta", 3))
    ]


@pytest.fixture
def granted(folk, spring, asked):
    slate = propose_slate(row=spring, by=folk["eve"], now=NOW)
    adopt_slate(slate=slate, by=folk["eve"], now=NOW)
    grant_round(row=spring, by=folk["eve"], now=NOW)
    return asked


def spend(project, hours, *, at):
    """Posts one settled job."""
    key = f"job:{project}:{at.isoformat()}"
    ms = int(at.timestamp() * 1000)
    post_transfers(
        [
            Transfer(
                id=transfer_id(ms, key),
                group=key,
                debit=Key(Kind.PROJECT, project, GPU),
                credit=Key(Kind.CONSUMED, project, GPU),
                amount=hours * HOUR,
                code=TransferCode.SETTLE,
                source=key,
                effective_us=ms * 1000,
            )
        ],
        now=at,
        actor="meter",
    )


def test_the_front_door_leads_to_the_round_of_today(client, folk, spring):
    assert 'href="/rounds/spring/"' in visit(client, folk["ann"], "/").content.decode()


def test_an_office_without_a_round_says_how_to_open_one(client, folk):
    assert heading(visit(client, folk["ann"], "/rounds/")) == "No round is open."


def test_an_empty_round_says_what_the_pool_has(client, folk, spring):
    page = visit(client, folk["ann"], "/rounds/spring/")
    assert heading(page) == "Nothing was asked for yet."
    assert "The pool has 100 GPU-h" in read(page)


def test_the_title_of_a_round_is_the_answer(client, folk, asked):
    page = visit(client, folk["ann"], "/rounds/spring/")
    assert heading(page) == "2 of 4 requests fit this round."
    assert "People asked for 160 GPU-h and the pool has 100." in read(page)


def test_an_unread_round_says_that_it_waits(client, folk, spring):
    file_request(spring, folk["ann"], "alpha")
    page = visit(client, folk["ann"], "/rounds/spring/")
    assert heading(page) == "1 request waits for a first opinion."


def test_a_decided_round_says_what_was_granted(client, folk, granted):
    page = visit(client, folk["ann"], "/rounds/spring/")
    assert heading(page) == "3 of 4 requests were granted."


def test_a_denial_reads_not_yet_with_the_nearest_ways_in(client, folk, granted):
    page = visit(client, folk["ann"], f"/requests/{granted[3].ref}/")
    assert heading(page) == "Not yet."
    assert "The nearest ways in" in read(page)


def test_a_grant_is_told_in_its_amount(client, folk, granted):
    page = visit(client, folk["ann"], f"/requests/{granted[0].ref}/")
    assert heading(page) == "Granted in full."
    assert "Granted 40 GPU-h" in read(page)


def test_opinions_reach_the_author_after_the_decision_and_without_names(client, folk, granted):
    path = f"/requests/{granted[0].ref}/"
    author = visit(client, folk["ann"], path).content.decode()
    assert "Opinions" in author
    assert ">Rev<" not in author
    assert ">Rev<" in visit(client, folk["eve"], path).content.decode()
    assert "Opinions" not in visit(client, folk["bob"], path).content.decode()


def test_the_statement_on_the_page_sums_to_the_balance(client, folk, granted, settings):
    now = DATES.credits_start_at + timedelta(days=40)
    settings.APPORTION_CLOCK = lambda: now
    for day in range(0, 40, 3):
        spend("alpha", 1, at=DATES.credits_start_at + timedelta(days=day))
    page = visit(client, folk["ann"], "/projects/alpha/")
    attributes = [attrs for _, attrs in Text(page.content.decode()).tags]
    lines = [int(a["data-amount"]) for a in attributes if "data-amount" in a]
    balance = next(int(a["data-balance"]) for a in attributes if "data-balance" in a)
    assert sum(lines) == balance == balance_of(Key(Kind.PROJECT, "alpha", GPU)) == 26 * HOUR
    assert len(lines) == 3  # the grant, and the jobs of two months


def test_a_project_says_when_it_runs_dry_at_last_weeks_pace(client, folk, granted, settings):
    now = DATES.credits_start_at + timedelta(days=8)
    settings.APPORTION_CLOCK = lambda: now
    for day in range(1, 8):
        spend("alpha", 2, at=now - timedelta(days=day) + timedelta(hours=13))
    words = read(visit(client, folk["ann"], "/projects/alpha/"))
    assert "At the last week’s pace this runs dry on" in words
    assert "26" in words


@pytest.mark.django_db
@given(st.data())
def test_grouped_entries_always_sum_to_the_balance(data):
    """Whatever went in and out on whatever day: a refund, an overrun day, a month's end."""
    days = data.draw(st.lists(st.integers(0, 400), max_size=12, unique=True))
    amounts = [data.draw(st.integers(1, 10**6)) for _ in days]
    owner = f"p{data.draw(st.integers(0, 10**9))}-{len(days)}"
    key = Key(Kind.PROJECT, owner, GPU)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    legs = [leg(key, sum(amounts) + 1, TransferCode.GRANT, start, into=True)]
    legs += [
        leg(key, amount, TransferCode.SETTLE, start + timedelta(days=day), into=False)
        for day, amount in zip(days, amounts, strict=True)
    ]
    before = sum(entry.amount for entry in grouped_statement(key))
    post_transfers(legs, now=start, actor="test", partial=True)
    entries = grouped_statement(key)
    assert sum(entry.amount for entry in entries) == balance_of(key)
    assert before == 0 or entries


def leg(key, amount, code, at, *, into):
    other = Key(Kind.ISSUED if into else Kind.CONSUMED, key.owner, key.unit)
    source = f"{key.owner}:{code}:{at.isoformat()}:{amount}"
    ms = int(at.timestamp() * 1000)
    return Transfer(
        id=transfer_id(ms, source),
        group=source,
        debit=other if into else key,
        credit=key if into else other,
        amount=amount,
        code=code,
        source=source,
        effective_us=ms * 1000,
    )


def test_the_export_has_the_columns_that_decide_reads(client, folk, asked):
    text = visit(client, folk["eve"], "/rounds/spring/requests.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == sorted(request.ref for request in asked)
    assert rows[0][f"ask.{GPU}"] == "40"
    assert rows[0][f"minimum.{GPU}"] == "30"
    assert rows[0]["score"] == "9"
    again = json.loads(visit(client, folk["eve"], "/rounds/spring/requests.json").content)
    assert again["requests"] == rows


def test_a_search_finds_by_title_and_an_empty_one_says_so(client, folk, asked):
    found = visit(client, folk["ann"], "/rounds/spring/requests/?q=alpha")
    assert heading(found) == "1 request speaks of “alpha”."
    none = visit(client, folk["ann"], f"/rounds/spring/requests/?q={HOSTILE}")
    assert "Nothing speaks of that." in read(none)
    assert "<script>alert" not in none.content.decode()


def test_the_record_of_an_office_that_metered_nothing_says_so(client, db):
    assert heading(visit(client, None, "/record/")) == "Nothing has been metered yet."


def test_the_record_tells_decisions_and_that_nothing_lies_below_its_minimum(client, granted):
    response = visit(client, None, "/record/record.json")
    verdict = verify_document(response.content)
    assert verdict.holds, verdict.fault
    record = json.loads(response.content)
    granted_ways = ("full", "partial", "minimum")
    assert sum(record["decisions"][way] for way in granted_ways) == 3
    assert record["decisions"]["below_minimum"] == 0
    assert record["decisions"]["not_yet"] == record["decisions"]["denied_with_reason"] == 1
    assert len(record["journal"]["root"]) == 64
    assert client.get("/record/shares.csv").content.decode().startswith("period,area,gpu_seconds")


def use(month, area, hours, resource=GPU):
    return AreaUse(month=month, area=area, resource=resource, unit_seconds=hours * HOUR)


def test_the_claim_is_answered_from_what_was_metered():
    uses = [
        use(date(2026, 1, 1), "foundations", 79),
        use(date(2026, 1, 1), "assistant", 21),
        use(date(2026, 2, 1), "foundations", 45),
        use(date(2026, 2, 1), "assistant", 55),
    ]
    claim = answer_claim(gather_periods(uses), FIELDS)
    assert claim.answer == "No. It gets 45%, down from 79% in Jan 2026."
    assert claim.latest == Fraction(45, 100)


@pytest.mark.parametrize(
    ("outside", "answer"),
    [(50, "No. It gets 50%."), (51, "Yes. It gets 51%."), (0, "No. It gets 0%.")],
)
def test_most_means_more_than_half(outside, answer):
    uses = [use(date(2026, 1, 1), "foundations", outside)]
    uses.append(use(date(2026, 1, 1), "assistant", 100 - outside))
    assert answer_claim(gather_periods(uses), FIELDS).answer == answer


def test_a_share_near_a_half_is_never_written_as_one():
    uses = [use(date(2026, 1, 1), "foundations", 498), use(date(2026, 1, 1), "assistant", 502)]
    assert answer_claim(gather_periods(uses), FIELDS).answer == "No. It gets 49.8%."


def test_a_long_record_is_told_in_quarters_and_compared_from_the_first_whole_one():
    months = [date(2024, 12, 1), *(date(2025, m, 1) for m in range(1, 13)), date(2026, 1, 1)]
    uses = [use(month, "assistant", 10) for month in months]
    uses += [use(month, "foundations", 90 if month.year == 2024 else 30) for month in months]
    periods = gather_periods(uses)
    assert [period.name for period in periods][:2] == ["Q4 2024", "Q1 2025"]
    assert answer_claim(periods, FIELDS).answer == "Yes. It gets 75%."


def test_other_resources_than_gpus_are_not_added_to_them():
    periods = gather_periods([use(date(2026, 1, 1), "foundations", 5, resource="cpu")])
    assert periods == ()


def test_a_lab_without_a_flagship_is_not_judged():
    uses = [use(date(2026, 1, 1), "foundations", 5)]
    fields = FIELDS[1:]
    assert answer_claim(gather_periods(uses), fields).answer == "This lab has named no flagship."


def test_the_pages_of_money_take_few_queries_where_money_moved(
    client, folk, granted, settings, django_assert_max_num_queries
):
    settings.APPORTION_CLOCK = lambda: DATES.credits_start_at + timedelta(days=9)
    for day in range(9):
        spend("alpha", 1, at=DATES.credits_start_at + timedelta(days=day))
    client.force_login(folk["eve"])
    for path in ("/projects/alpha/", "/rounds/spring/", "/projects/", "/ledger/"):
        # A project's page is no list: it asks for use, alerts, jobs and members beside the account.
        with django_assert_max_num_queries(QUERIES_A_PAGE + 5 * (path == "/projects/alpha/")):
            client.get(path)


QUERIES_A_LIST = 15
PAGES = {
    "/rounds/": "ann",
    "/rounds/spring/": "ann",
    "/rounds/spring/requests/": "ann",
    "/rounds/spring/requests/?q=Request+1": "ann",
    "/mine/requests/": "ann",
    "/mine/reviews/": "rev",
    "/projects/": "eve",
    "/ledger/": "eve",
    "/enforcement/": "eve",
    "/record/": "eve",
    "/rounds/spring/requests/new/": "ann",
    "/rounds/spring/decide/": "eve",
    "/review/spring/panel/": "eve",
    "/standing/": "eve",
    "/changes/": "eve",
    "/appeals/": "eve",
    "/alerts/": "ann",
    "/fastlane/": "eve",
    "/experiments/": "eve",
    "/code-red/": "eve",
    "/metering/": "ops",
    "/enforcement/queues/": "ops",
    "/people/": "ops",
    "/notices/": "eve",
}


@pytest.fixture
def very_full(folk):
    return crowd(folk)


def test_every_list_takes_few_queries_at_ten_thousand_requests(client, folk, very_full):
    asked = {}
    for path, username in PAGES.items():
        client.force_login(folk[username])
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        assert response.status_code == 200, path
        assert len(response.content) < 600_000, path
        asked[path] = len(captured)
    assert {path: count for path, count in asked.items() if count > QUERIES_A_LIST} == {}
