"""The page of prices, and the commands beside it."""

import json

import pytest

from apportion.apps.tariffs.queries import versions
from apportion.office.cli import run
from tests.apps.meter.test_tariffs import DAY, RATES, put
from tests.apps.pages import HOSTILE, QUERIES_A_PAGE, heading, read, visit
from tests.apps.small_lab import NOW

pytestmark = pytest.mark.django_db


def test_without_a_rates_file_the_page_says_so_and_how_to_set_one(client, alpha, folk):
    page = visit(client, folk["ann"], "/rates/")
    assert heading(page) == "Use costs what the rounds say"
    assert "apportion rates set" in read(page)
    assert "Set these prices" not in read(page)


def test_the_page_tells_prices_by_class_and_refunds(
    client, alpha, folk, django_assert_max_num_queries
):
    put(folk, on=NOW.date())
    client.force_login(folk["ann"])
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        page = client.get("/rates/")
    assert "depends on when and where it runs" in heading(page)
    words = read(page)
    assert "night 20:00 to 06:00 UTC 2 hour" in words
    assert "preemptible quality of service scavenger 0.5 hour" in words
    assert "PREEMPTED 50 %" in words


def test_the_board_sets_prices_on_the_page_and_faults_are_told_there(client, alpha, folk):
    said = {"starts_on": DAY.isoformat(), "toml": RATES}
    wrong = visit(client, folk["eve"], "/rates/", **said | {"toml": HOSTILE})
    assert wrong.status_code == 422
    assert "not TOML" in read(wrong)
    assert "<script>alert" not in wrong.content.decode()
    assert versions() == []
    assert visit(client, folk["eve"], "/rates/", **said).status_code == 302
    assert [row.starts_on for row in versions()] == [DAY]


def test_a_researcher_does_not_set_prices_on_the_page(client, alpha, folk):
    said = {"starts_on": DAY.isoformat(), "toml": RATES}
    assert visit(client, folk["ann"], "/rates/", **said).status_code == 403
    assert versions() == []


def test_prices_are_set_shown_and_listed_on_the_command_line(alpha, folk, tmp_path, capsys):
    file = tmp_path / "rates.toml"
    file.write_text(RATES)
    words = ["rates", "set", str(file), "--from", "2026-04-02", "--as", "ops"]
    assert run([*words, "--dry-run"]) == 0
    assert versions() == []
    assert run(words) == 0
    capsys.readouterr()
    assert run(["rates", "show", "--on", "2026-04-02"]) == 0
    assert capsys.readouterr().out == RATES
    assert run(["rates", "show", "--on", "2026-04-01"]) == 3
    assert run(["rates", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["from"] == "2026-04-02"
    assert run(["rates", "set", str(tmp_path / "none"), *words[3:]]) == 2
    assert run([*words[:-1], "ann"]) == 4
