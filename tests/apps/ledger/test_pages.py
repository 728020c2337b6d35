"""Statements, periods and loans as pages and commands: they add up, and open to the right people."""

import csv
import io
import json
import re
from dataclasses import replace
from urllib.parse import urljoin

import pytest

from apportion.apps.ledger.loans import open_loan, return_credits
from apportion.apps.ledger.statements import find_account
from apportion.core.loans import Loan
from apportion.office.cli import run
from tests.adapters.plaintext.test_render import bean_check
from tests.apps.ledger.books import ALPHA, BETA, DAY, POOL, leg, open_books, post, use
from tests.apps.pages import HOSTILE, QUERIES_A_PAGE, Text, heading, read, visit
from tests.apps.small_lab import HOUR, NOW

DUE = NOW + 30 * DAY


@pytest.fixture
def books(folk, spring, settings):
    """Books in which alpha was granted 100 GPU-hours and used 3 times 5."""
    settings.APPORTION_CLOCK = lambda: NOW + 5 * DAY
    open_books(10_000 * HOUR)
    post(leg("g1", POOL, ALPHA, 100 * HOUR, note='=HYPERLINK("http://x")'))
    for day in (1, 2, 3):
        use(ALPHA, 5 * HOUR, at=NOW + day * DAY, source=f"job {day}")
    return folk


def page_of(key):
    return f"/ledger/accounts/{find_account(key).pk}"


def numbers(response, name):
    """Reads the exact amounts that a page carries for machines."""
    tags = Text(response.content.decode()).tags
    return [int(attributes[name]) for _, attributes in tags if name in attributes]


def test_a_statement_page_adds_up_from_opening_to_closing(client, books):
    page = visit(client, books["aud"], page_of(ALPHA) + "/")
    assert heading(page).startswith("alpha holds 85")
    (opening,), (closing,) = numbers(page, "data-opening"), numbers(page, "data-closing")
    assert opening + sum(numbers(page, "data-amount")) == closing == 85 * HOUR


def test_a_window_narrows_page_and_files_alike(client, books):
    window = {"from": "2026-03-04", "until": "2026-03-05"}
    client.force_login(books["aud"])
    page = client.get(page_of(ALPHA) + "/", window)
    assert (numbers(page, "data-opening"), numbers(page, "data-closing")) == (
        [95 * HOUR],
        [90 * HOUR],
    )
    link = re.search(r'href="([^"]+\.csv[^"]*)"', page.content.decode())[1].replace("&amp;", "&")
    link = urljoin(page_of(ALPHA) + "/", link)
    rows = list(csv.DictReader(io.StringIO(client.get(link).content.decode())))
    assert [row["balance"] for row in rows] == [str(95 * HOUR), str(90 * HOUR), str(90 * HOUR)]
    told = json.loads(client.get(page_of(ALPHA) + ".json", window).content)
    assert (told["opening"], told["closing"], len(told["rows"])) == (95 * HOUR, 90 * HOUR, 1)


def test_a_file_runs_nothing_in_a_spreadsheet(client, books):
    text = visit(client, books["aud"], page_of(ALPHA) + ".csv").content.decode()
    assert "'=HYPERLINK" in text


def test_a_window_that_cannot_be_read_is_told_and_nothing_is_narrowed(client, books):
    for query in ("from=soon", "from=2026-03-05&until=2026-03-04", f"recorded={HOSTILE}"):
        page = visit(client, books["aud"], f"{page_of(ALPHA)}/?{query}")
        assert page.status_code == 400
        assert numbers(page, "data-closing") == [85 * HOUR]
        assert visit(client, books["aud"], f"{page_of(ALPHA)}.csv?{query}").status_code == 400
        assert "<script>alert" not in page.content.decode()


def test_a_long_statement_has_pages_that_each_add_up(client, books, django_assert_max_num_queries):
    post(*(leg(f"more:{n}", POOL, ALPHA, n * HOUR) for n in range(1, 120)))
    client.force_login(books["aud"])
    for number in (1, 2, 3):
        with django_assert_max_num_queries(QUERIES_A_PAGE):
            page = client.get(f"{page_of(ALPHA)}/?page={number}")
        assert numbers(page, "data-closing") == [(85 + 119 * 60) * HOUR]
        assert len(numbers(page, "data-amount")) == (50, 50, 23)[number - 1]


def test_an_account_that_is_not_there_is_not_found(client, books):
    assert visit(client, books["aud"], "/ledger/accounts/999999/").status_code == 404
    assert visit(client, books["aud"], "/ledger/accounts/999999.csv").status_code == 404


@pytest.mark.parametrize("username", ["ann", "rev"])
def test_statements_periods_and_loans_open_to_those_who_may_see_the_ledger(client, books, username):
    for path in (page_of(ALPHA) + "/", page_of(ALPHA) + ".csv", page_of(ALPHA) + ".json"):
        assert visit(client, books[username], path).status_code == 403
    for path in ("/ledger/periods/", "/ledger/loans/", "/ledger/periods/spring/"):
        assert visit(client, books[username], path).status_code == 403


def test_the_books_lead_to_every_statement_and_to_periods_and_loans(client, books):
    markup = visit(client, books["aud"], "/ledger/").content.decode()
    for path in (page_of(ALPHA) + "/", "/ledger/periods/", "/ledger/loans/"):
        assert f'href="{path}"' in markup


def test_pages_without_periods_or_loans_say_how_the_first_comes_about(client, folk):
    assert (
        heading(visit(client, folk["aud"], "/ledger/periods/")) == "The books have no periods yet."
    )
    assert "apportion period open" in read(visit(client, folk["aud"], "/ledger/periods/"))
    assert heading(visit(client, folk["aud"], "/ledger/loans/")) == "Nothing was ever lent."
    assert "apportion loan open" in read(visit(client, folk["aud"], "/ledger/loans/"))


def test_loans_say_who_owes_what_until_when_and_what_is_overdue(
    client, books, settings, django_assert_max_num_queries
):
    loan = Loan(ref="red-1", lender=ALPHA, borrower=BETA, amount=40 * HOUR, due_at=DUE, why=HOSTILE)
    open_loan(loan=loan, by=books["eve"], now=NOW)
    open_loan(loan=replace(loan, ref="red-2", amount=HOUR), by=books["eve"], now=NOW)
    return_credits(ref="red-2", amount=None, by=books["eve"], now=NOW)
    client.force_login(books["aud"])
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        page = client.get("/ledger/loans/")
    assert heading(page) == "1 loan is out, none overdue."
    assert "red-1 alpha beta gpu:h100 40 0 40" in read(page)
    assert "<script>alert" not in page.content.decode()
    settings.APPORTION_CLOCK = lambda: DUE
    assert heading(visit(client, books["aud"], "/ledger/loans/")) == "1 loan is overdue."


def tell(capsys, *words):
    code = run([str(word) for word in words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_statement_command_adds_up_and_can_show_the_last_rows_alone(books, capsys):
    code, out, _ = tell(capsys, "ledger", "statement", "alpha", "--json")
    rows = json.loads(out)
    assert code == 0
    assert rows[0]["balance"] + sum(row["amount"] or 0 for row in rows) == rows[-1]["balance"]
    last = json.loads(tell(capsys, "ledger", "statement", "alpha", "--limit", 1, "--json")[1])
    assert [row["code"] for row in last] == ["opening", "before", "settle", "closing"]
    assert last[-1] == rows[-1]


def test_balances_as_of_two_times_are_told_by_a_command(books, capsys):
    words = ("ledger", "asof", "alpha", "--effective", "2026-03-04T09:00Z", "--json")
    told = {row["kind"]: row for row in json.loads(tell(capsys, *words)[1])}
    assert (told["project"]["balance"], told["project"]["amount"]) == (95 * HOUR, "95")
    known = (*words, "--recorded", "2026-03-03T09:00Z")
    assert {row["kind"]: row["amount"] for row in json.loads(tell(capsys, *known)[1])} == {
        "project": "100"
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("statement", "nobody"), 3),
        (("statement", "alpha", "--from", "soon"), 2),
        (("statement", "alpha", "--from", "2026-03-04", "--until", "2026-03-04"), 2),
        (("asof", "--recorded", "yesterday"), 2),
        (("export", "--format", "excel"), 2),
    ],
)
def test_a_wrong_call_is_told_by_its_exit_code(books, capsys, words, code):
    assert tell(capsys, "ledger", *words)[0] == code


def test_the_books_of_an_office_are_right_to_beancount(books, capsys, tmp_path):
    code, out, _ = tell(capsys, "ledger", "export")
    checked = bean_check(out, tmp_path)
    assert (code, checked.returncode, checked.stdout + checked.stderr) == (0, 0, "")
    path = tmp_path / "alpha.journal"
    words = ("ledger", "export", "--format", "hledger", "--owner", "alpha", "--out", path)
    assert tell(capsys, *words)[0] == 0
    assert 'Assets:Project:Alpha:GPU-H100  0 "GPU.H100" = 306000 "GPU.H100"' in path.read_text()


def test_loans_are_made_listed_and_paid_back_by_commands(books, capsys, settings):
    loan = ("loan", "open", "red-1", "--from", "alpha", "--to", "beta", "--amount", 40)
    made = tell(capsys, *loan, "--due", DUE.isoformat(), "--why", "Incident", "--as", "eve")
    assert (made[0], "beta owes alpha 40 of gpu:h100" in made[1]) == (0, True)
    back = ("loan", "return", "red-1", "--amount", "15.5", "--as", "ops")
    assert "24.5" in tell(capsys, *back)[1]
    assert tell(capsys, "loan", "return", "red-1", "--amount", 99, "--as", "ops")[0] == 1
    assert tell(capsys, "loan", "return", "none", "--as", "ops")[0] == 3
    assert tell(capsys, "loan", "collect", "--as", "ops")[:2] == (0, "No loan is due.\n")
    settings.APPORTION_CLOCK = lambda: DUE
    (row,) = json.loads(tell(capsys, "loan", "list", "--overdue", "--json")[1])
    assert (row["owed"], row["state"]) == ("24.5", "overdue")
    use(BETA, 20 * HOUR, at=NOW + DAY, source="job 9")
    code, out, _ = tell(capsys, "loan", "collect", "--as", "ops")
    assert (code, out) == (1, "red-1: 4.5 came back, 20 overdue\n")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--amount", "x", "--due", "2026-05-01"), 2),
        (("--amount", "1", "--due", "soon"), 2),
        (("--amount", "1", "--due", "2020-01-01"), 1),
        (("--amount", "0", "--due", "2026-05-01"), 1),
        (("--amount", "9999", "--due", "2026-05-01"), 6),
    ],
)
def test_a_loan_that_cannot_be_made_is_told_by_its_exit_code(books, capsys, flags, code):
    words = ("loan", "open", "x", "--from", "alpha", "--to", "beta", "--as", "eve")
    assert tell(capsys, *words, *flags)[0] == code
