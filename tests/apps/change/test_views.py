"""Pages of changes, notices and reports."""

from datetime import timedelta

import pytest

from apportion.apps.change.queries import find_change, find_notice
from apportion.apps.people.actions import add_person
from tests.apps.directive.lab import START, spend
from tests.apps.pages import HOSTILE, QUERIES_A_PAGE, heading, read, visit
from tests.apps.small_lab import GPU, POLICY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ASK = {"what": "supplement", "resource": GPU, "amount": "2", "why": "One more seed."}
CHANGES = "[changes]\nreport_days = 30\ngrace_days = 5\n"


@pytest.fixture
def lab(folk, settings):
    """The office while credits are spent, with its clock stopped."""
    settings.APPORTION_CLOCK = lambda: START
    spend(folk, policy=POLICY + CHANGES)
    folk["mia"] = add_person(username="mia", name="Mia", roles=["board"])
    return folk


def ask(client, lab, **more):
    return visit(client, lab["ann"], "/projects/alpha/change/", **ASK | more)


def test_a_change_goes_from_ask_to_answer_by_pages_alone(client, lab):
    home = ask(client, lab)["Location"]
    assert heading(visit(client, lab["mia"], home)) == (
        "Supplement for Alpha: waits for an answer."
    )
    assert "Nothing stands against it." in read(client.get(home))
    done = visit(client, lab["mia"], f"{home}answer/", answer="grant", why="Good use.")
    assert done["Location"] == home
    assert heading(client.get(home)) == "Supplement for Alpha: granted."
    assert "Good use." in read(client.get(home))


def test_an_answer_that_says_no_without_a_reason_is_refused_on_its_page(client, lab):
    home = ask(client, lab)["Location"]
    page = visit(client, lab["mia"], f"{home}answer/", answer="refuse", why="")
    assert page.status_code == 409
    assert "Say why not, and what would make it possible." in read(page)


def test_all_that_stands_against_an_ask_is_told_beside_the_form(client, lab):
    page = ask(client, lab, amount="9999")
    assert page.status_code == 422
    text = read(page)
    assert "at_most 10800" in text
    assert 'value="9999"' in page.content.decode()


@pytest.mark.parametrize("amount", ["1e9999", "-1", "nan", "1" * 40, "0.0001"])
def test_an_amount_that_is_none_is_told_at_its_field(client, lab, amount):
    assert ask(client, lab, amount=amount).status_code == 422


def test_the_register_lists_asks_and_gives_them_as_files(client, lab):
    empty = visit(client, lab["ann"], "/changes/")
    assert heading(empty) == "No ask waits for an answer."
    assert "Nothing was asked here." in read(empty)
    ask(client, lab)
    assert heading(visit(client, lab["ann"], "/changes/")) == "1 ask waits for an answer."
    held = client.get("/changes.json").json()["changes"]
    assert [one["ref"] for one in held] == ["alpha-supplement-1"]
    lines = client.get("/changes.csv?state=granted").content.decode().splitlines()
    assert lines == ["ref,what,project,other,resource,amount,state,asked_at,answer_by,answered_at"]
    assert client.get("/changes.xml").status_code == 404


def test_a_wind_down_goes_from_notice_to_confirmation_by_pages_alone(client, lab):
    last = (START + 30 * DAY).date().isoformat()
    given = visit(client, lab["eve"], "/projects/beta/wind-down/", reason="Done.", last=last)
    home = given["Location"]
    assert heading(visit(client, lab["ann"], home)) == "Beta is to end on 11 May."
    visit(client, lab["ann"], f"{home}reply/", words=HOSTILE)
    assert "<script>alert" not in client.get(home).content.decode()
    visit(client, lab["mia"], f"{home}confirm/", go="1")
    assert find_notice("beta-winddown-1").stage == "confirmed"
    assert heading(client.get("/wind-downs/")) == "1 notice of winding down."
    assert client.get("/wind-downs.json").json()["wind-downs"][0]["replied"] == "yes"


def test_a_notice_that_is_too_short_is_refused_beside_its_form(client, lab):
    soon = (START + 3 * DAY).date().isoformat()
    page = visit(client, lab["eve"], "/projects/beta/wind-down/", reason="Now.", last=soon)
    assert page.status_code == 422
    assert "Choose a last day from" in read(page)


def test_a_report_is_filed_on_its_page(client, lab, settings):
    settings.APPORTION_CLOCK = lambda: START + 30 * DAY
    path = "/projects/alpha/progress/"
    assert "overdue since" in heading(visit(client, lab["ann"], path))
    assert visit(client, lab["ann"], path, done=HOSTILE)["Location"] == path
    text = read(client.get(path))
    assert HOSTILE.split()[0] in text
    assert "granted 12" in text


def test_strangers_to_a_project_may_not_ask(client, lab):
    page = visit(client, lab["bob"], "/projects/alpha/change/", **ASK)
    assert page.status_code == 422
    assert "Ask the lead of alpha" in read(page)


def test_the_registers_take_few_queries_however_long(client, lab, django_assert_max_num_queries):
    for _ in range(3):
        ask(client, lab, amount="0.5")
    visit(client, lab["ann"], "/changes/")
    for path in ("/changes/", "/wind-downs/", f"/changes/{find_change('alpha-supplement-1').ref}/"):
        with django_assert_max_num_queries(QUERIES_A_PAGE + 10 * (path.count("/") > 2)):
            client.get(path)
