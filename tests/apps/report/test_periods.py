"""A period of the office from its round to its close: carried, lapsed, late usage, and its page."""

import json
from datetime import timedelta

import pytest

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Transfer
from apportion.apps.ledger.periods import find_period
from apportion.apps.ledger.queries import balance_of
from apportion.apps.ledger.statements import find_account, read_statement
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.models import Charge
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.rounds.queries import find_round
from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.statement import Bounds
from apportion.office.cli import run
from tests.apps.meter.test_actions import job
from tests.apps.pages import QUERIES_A_PAGE, heading, read, visit
from tests.apps.small_lab import DATES, GPU, HOUR, NOW, POLICY, file_request, open_spring

START, END = DATES.credits_start_at, DATES.credits_end_at
ALPHA, POOL = Key(Kind.PROJECT, "alpha", GPU), Key(Kind.POOL, "spring", GPU)
POLICY_WITH_CARRY = POLICY + "[period]\ncarry = 0.1\n"
PAGE = "/ledger/periods/spring/"
QUERIES_A_PREVIEW = 27  # it reads all that a close reads, however many accounts there are


@pytest.fixture
def office(folk, capsys, settings, tmp_path):
    """An office in which alpha was granted 40 GPU-hours and ran 16 of them by the period's end."""
    settings.APPORTION_CLOCK = lambda: END + timedelta(days=1)
    row = open_spring(folk["eve"], policy=POLICY_WITH_CARRY)
    file_request(row, folk["ann"], "alpha", score=9, reviewer=folk["rev"])
    slate = propose_slate(row=row, by=folk["eve"], now=NOW)
    adopt_slate(slate=slate, by=folk["eve"], now=NOW)
    grant_round(row=find_round("spring"), by=folk["eve"], now=NOW)
    load(tmp_path, folk["ops"], job(1, start=int(START.timestamp()) + HOUR, hours=2))
    call("period", "open", "spring", "--round", "spring", "--as", "ops")
    capsys.readouterr()
    return folk


def load(folder, by, *rows, now=END):
    path = folder / "jobs.sacct"
    path.write_text("".join(rows))
    source = read_source(str(path), layout=Layout(format=Format.SACCT))
    return import_usage(sources=[source], by=by, now=now)


def call(*words):
    return run(list(words))


def tell(capsys, *words):
    code = run(list(words))
    return code, capsys.readouterr()


def spring(key):
    return read_statement(find_account(key), bounds=Bounds(ends_at=END))


def test_a_close_carries_a_tenth_of_the_grant_and_lets_the_rest_lapse(office, capsys):
    assert tell(capsys, "period", "close", "spring", "--as", "ops")[0] == 0
    assert (balance_of(ALPHA), balance_of(POOL)) == (4 * HOUR, 0)
    code, told = tell(capsys, "period", "show", "spring", "--json")
    rows = {row["owner"]: row for row in json.loads(told.out)}
    assert code == 0
    assert (rows["alpha"]["before"], rows["alpha"]["lapses"], rows["alpha"]["remains"]) == (
        "24",
        "20",
        "4",
    )
    assert audit_books().differences == ()


def test_a_dry_run_shows_the_same_and_changes_nothing(office, capsys):
    before = tell(capsys, "period", "show", "spring", "--json")[1].out
    code, told = tell(capsys, "period", "close", "spring", "--dry-run", "--as", "ops")
    assert (code, find_period("spring").state) == (0, "open")
    assert "alpha" in told.out
    call("period", "close", "spring", "--as", "ops")
    capsys.readouterr()
    assert tell(capsys, "period", "show", "spring", "--json")[1].out == before


def test_usage_told_late_posts_to_the_open_period_and_its_charge_keeps_the_true_time(
    office, tmp_path
):
    call("period", "close", "spring", "--as", "ops")
    closed = spring(ALPHA)
    ended = int(END.timestamp()) - HOUR
    late = job(2, start=ended - HOUR, hours=1, gpus=2)
    load(tmp_path, office["ops"], late, now=END + timedelta(days=2))
    assert spring(ALPHA) == closed
    (posted,) = Transfer.objects.filter(code_number=TransferCode.LATE.number)
    assert (posted.effective_at, posted.amount) == (END, 2 * HOUR)
    assert Charge.objects.get(job="2").ended_at.timestamp() == ended
    assert balance_of(ALPHA) == 2 * HOUR
    assert load(tmp_path, office["ops"], late, now=END + timedelta(days=3))[0].added == 0
    assert audit_books().differences == ()


def test_late_usage_is_no_usage_of_the_period_that_it_is_posted_in(
    office, capsys, tmp_path, settings
):
    call("period", "close", "spring", "--as", "ops")
    until = END + timedelta(days=30)
    words = ("--from", END.isoformat(), "--until", until.isoformat())
    assert call("period", "open", "july", *words, "--as", "ops") == 0
    across = job(3, start=int(END.timestamp()) - HOUR, hours=3, gpus=1)
    load(tmp_path, office["ops"], across, now=until)
    amounts = Transfer.objects.filter(code_number=TransferCode.LATE.number)
    assert list(amounts.values_list("amount", flat=True)) == [HOUR]
    settings.APPORTION_CLOCK = lambda: until
    told = ("period", "close", "july", "--as", "ops", "--used")
    assert tell(capsys, *told, "gpu:h100=3")[0] == 1
    assert tell(capsys, *told, "gpu:h100=2")[0] == 0


def test_a_close_waits_until_every_imported_job_is_booked(office, capsys, client):
    Charge.objects.update(unit_seconds=17 * HOUR)
    code, told = tell(capsys, "period", "close", "spring", "--as", "ops")
    assert code == 1
    assert "alpha (gpu:h100)" in told.err
    assert find_period("spring").state == "closing"
    page = visit(client, office["aud"], PAGE)
    assert heading(page) == "The books and the accounting do not agree yet."
    assert "16 booked, 17 accounted" in read(page)
    waits = visit(client, office["aud"], "/ledger/periods/")
    assert heading(waits) == "spring waits for its accounting."
    Charge.objects.update(unit_seconds=16 * HOUR)
    assert tell(capsys, "period", "close", "spring", "--as", "ops")[0] == 0


def test_what_the_scheduler_itself_says_was_used_must_be_what_is_booked(office, capsys):
    used = ("--used", "gpu:h100=16.5")
    assert tell(capsys, "period", "close", "spring", "--as", "ops", *used)[0] == 1
    assert tell(capsys, "period", "close", "spring", "--as", "ops", "--used", "gpu:h100=16")[0] == 0


@pytest.mark.parametrize("used", ["gpu:h100", "gpu:b200=1", "gpu:h100=-1", "gpu:h100=x"])
def test_a_total_that_cannot_be_read_is_bad_usage(office, capsys, used):
    words = ("period", "close", "spring", "--as", "ops", "--used", used)
    assert tell(capsys, *words)[0] == 2
    assert find_period("spring").state == "open"


def test_the_page_of_an_open_period_says_who_would_lose_and_of_a_closed_one_who_lost(
    office, client, django_assert_max_num_queries
):
    client.force_login(office["aud"])
    with django_assert_max_num_queries(QUERIES_A_PREVIEW):
        page = client.get(PAGE)
    assert heading(page) == "1 project would lose what it has not used."
    call("period", "close", "spring", "--as", "ops")
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        page = client.get(PAGE)
    assert heading(page) == "1 project lost what it had not used."
    assert "Closed on" in read(page)
    assert (
        heading(visit(client, office["aud"], "/ledger/periods/"))
        == "The books are closed until 30 June 2026."
    )


def test_periods_are_listed_and_the_next_one_follows_without_a_gap(office, capsys):
    words = ("period", "open", "summer", "--from", "2026-07-02", "--until", "2026-10-01")
    code, told = tell(capsys, *words, "--as", "ops")
    assert (code, "start it at" in told.err) == (1, True)
    words = ("period", "open", "summer", "--from", END.isoformat(), "--until", "2026-10-01")
    assert tell(capsys, *words, "--as", "ops")[0] == 0
    listed = json.loads(tell(capsys, "period", "list", "--json")[1].out)
    assert [(row["name"], row["state"]) for row in listed] == [
        ("summer", "open"),
        ("spring", "open"),
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("period", "open", "x", "--as", "ops"), 2),
        (("period", "open", "x", "--from", "soon", "--until", "2026-10-01", "--as", "ops"), 2),
        (
            ("period", "open", "x", "--from", "2026-10-01", "--until", "2026-10-01", "--as", "ops"),
            2,
        ),
        (("period", "open", "x", "--round", "none", "--as", "ops"), 3),
        (("period", "show", "none"), 3),
        (("period", "close", "none", "--as", "ops"), 3),
        (("period", "close", "spring", "--as", "ann"), 4),
        (("period", "close", "spring", "--dry-run", "--as", "ann"), 4),
        (("period", "open", "spring", "--round", "spring", "--as", "ops"), 5),
    ],
)
def test_a_wrong_call_is_told_by_its_exit_code(office, capsys, words, code):
    assert tell(capsys, *words)[0] == code
