"""Teams, the line of management, works together and declarations are kept, each once."""

import pytest

from apportion.adapters.files.parse_people import parse_people
from apportion.apps.people.models import Coauthorship, Declaration
from apportion.apps.people.queries import find_person
from apportion.apps.people.ties import (
    declare_closeness,
    import_ties,
    read_ties,
    record_work,
    set_manager,
    set_team,
)
from apportion.core.faults import BadInput
from apportion.core.refusals import Code, Refused
from tests.apps.pages import HOSTILE, heading, read, visit
from tests.apps.small_lab import NOW
from tests.office.test_cli import run

LIST = b"""kind,person,with,year,title
team,ann,vision,,
team,rev,vision,,
manager,ann,bob,,
coauthor,rev,bob,2025,"Sleep, and replay"
"""


def code_of(error):
    return error.value.refusals[0].code


def test_a_list_of_ties_taken_twice_changes_nothing_the_second_time(folk):
    rows = parse_people(LIST, "people.csv")
    for _ in range(2):
        import_ties(rows=rows, file="people.csv", by=folk["ops"], now=NOW)
    ties = read_ties()
    assert ties.teams == {"vision": frozenset({"ann", "rev"})}
    assert ties.managers == {"ann": "bob"}
    assert [(w.first, w.second, w.year) for w in ties.works] == [("bob", "rev", 2025)]


def test_a_list_that_names_a_stranger_is_taken_by_no_row(folk):
    rows = parse_people(LIST + b"manager,ann,nobody,,\n", "people.csv")
    with pytest.raises(BadInput) as error:
        import_ties(rows=rows, file="people.csv", by=folk["ops"], now=NOW)
    assert "people.csv:6: with: nobody knows (got 'nobody')" in str(error.value)
    assert read_ties().teams == {}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"kind,person\n", "with: missing column"),
        (b"kind,person,with\nboss,ann,bob\n", "no such tie (got 'boss')"),
        (b"kind,person,with\nteam,ann\n", "2 cells in a table of 3 columns"),
        (b"kind,person,with,year\ncoauthor,ann,bob,soon\n", "not a year (got 'soon')"),
        (b"kind,person,with,year\ncoauthor,ann,bob,\xd9\xa2\xd9\xa0\n", "not a year"),
        (b"kind,person,with\nteam,,x\n", "person: missing or not an id"),
        (b"\xff\xfe", "UTF-16"),
    ],
)
def test_a_faulty_list_says_where_and_what(data, told):
    with pytest.raises(BadInput) as error:
        parse_people(data, "people.csv")
    assert told in str(error.value)


def test_a_line_of_management_in_a_circle_is_refused(folk):
    set_manager(person=folk["ann"], manager=folk["bob"], by=folk["ops"])
    set_manager(person=folk["bob"], manager=folk["eve"], by=folk["ops"])
    for manager in ("ann", "eve"):
        with pytest.raises(Refused) as error:
            set_manager(person=folk["eve"], manager=folk[manager], by=folk["ops"])
        assert code_of(error) == Code.OUT_OF_RANGE
    assert read_ties().managers == {"ann": "bob", "bob": "eve"}


def test_a_work_is_one_whoever_names_it_and_in_whichever_order(folk):
    for first, second in (("ann", "rev"), ("rev", "ann")):
        pair = folk[first], folk[second]
        record_work(people=pair, year=2025, title="A", by=folk[first], now=NOW)
    assert Coauthorship.objects.count() == 1


def test_a_work_of_others_is_recorded_only_by_who_manages_people(folk):
    pair = folk["ann"], folk["rev"]
    with pytest.raises(Refused) as error:
        record_work(people=pair, year=2025, by=folk["bob"], now=NOW)
    assert code_of(error) == Code.NOT_ALLOWED
    record_work(people=pair, year=2025, by=folk["ops"], now=NOW)


@pytest.mark.parametrize(("about", "ground"), [("rev", "me"), ("ann", "  ")])
def test_a_declaration_names_somebody_else_and_says_what_it_is(folk, about, ground):
    with pytest.raises(Refused):
        declare_closeness(by=folk["rev"], about=folk[about], ground=ground, now=NOW)
    assert not Declaration.objects.exists()


def test_a_team_that_may_judge_each_other_is_no_tie(folk):
    set_team(slug="hall", members=["ann", "rev"], is_conflict=False, by=folk["ops"])
    assert read_ties().teams == {}
    set_team(slug="hall", is_conflict=True, leavers=["ann"], by=folk["ops"])
    assert read_ties().teams == {"hall": frozenset({"rev"})}


def test_ties_are_declared_on_the_page_and_hostile_words_are_only_words(client, folk):
    visit(client, folk["rev"], "/mine/ties/", about="ann", ground=HOSTILE)
    page = visit(client, folk["rev"], "/mine/ties/")
    assert heading(page) == "You have declared 1 tie."
    assert HOSTILE in read(page)
    assert visit(client, folk["rev"], "/mine/ties/", about="zoe", ground="x").status_code == 422
    visit(client, folk["rev"], "/mine/ties/work/", other="ann", year="2024", title="On sleep")
    assert "On sleep" in read(visit(client, folk["ann"], "/mine/ties/"))


def test_the_list_of_people_shows_teams_and_lines_in_few_statements(
    client, folk, django_assert_max_num_queries
):
    set_team(slug="hall", name="The hall", members=list(folk), by=folk["ops"])
    set_manager(person=folk["ann"], manager=folk["bob"], by=folk["ops"])
    client.force_login(folk["eve"])
    with django_assert_max_num_queries(15):
        page = client.get("/people/")
    assert heading(page) == "6 people work with this office."
    assert "The hall" in read(page)


def test_ties_are_kept_from_the_shell(capfd, folk, tmp_path):
    file = tmp_path / "people.csv"
    file.write_bytes(LIST)
    assert run(capfd, "people", "import", str(file), "--as", "ops")[0] == 0
    assert run(capfd, "people", "import", str(file), "--as", "ann")[0] == 4
    assert (
        run(capfd, "people", "team", "hall", "--add", "ann", "--no-conflict", "--as", "ops")[0] == 0
    )
    assert run(capfd, "people", "teams", "-P", "-n")[1].splitlines() == [
        "hall|hall|no|ann",
        "vision|vision|yes|ann;rev",
    ]
    assert run(capfd, "people", "manager", "rev", "eve", "--as", "ops")[0] == 0
    assert find_person("rev").manager == folk["eve"]
    assert run(capfd, "people", "coauthors", "ann", "rev", "--year", "2020", "--as", "ann")[0] == 0
    assert run(capfd, "people", "declare", "ann", "Kin", "--as", "rev")[0] == 0
    assert (
        run(capfd, "people", "declared", "--as", "rev", "-P", "-n", "-o", "about,ground")[1]
        == "ann|Kin\n"
    )
    row = run(capfd, "people", "list", "-P", "-n", "-o", "username,teams,manager")[1]
    assert "ann|hall;vision|bob" in row
