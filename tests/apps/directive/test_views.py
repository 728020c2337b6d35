"""Pages of directives: from the draft to the countdown that every page shows."""

import json

import pytest

from apportion.apps.directive.actions import advance_directives, make_preview
from apportion.apps.directive.queries import find_directive
from tests.apps.directive.lab import DAY, END, START, TERMS
from tests.apps.pages import HOSTILE, QUERIES_A_PAGE, heading, read, visit

pytestmark = pytest.mark.django_db
HOME = "/code-red/red-1/"


@pytest.fixture(autouse=True)
def at_start(settings):
    """Stops the clock where the directive begins."""
    settings.APPORTION_CLOCK = lambda: START


def adopt(client, lab):
    visit(client, lab["eve"], "/code-red-draft/", toml=TERMS)
    visit(client, lab["eve"], f"{HOME}preview/", go="1")
    for name in ("mia", "noa"):
        visit(client, lab[name], f"{HOME}sign/", preview="1")
    return visit(client, lab["mia"], f"{HOME}adopt/", go="1")


def test_a_directive_goes_from_draft_to_force_by_pages_alone(client, lab):
    drafted = visit(client, lab["eve"], "/code-red-draft/", toml=TERMS)
    assert drafted["Location"] == HOME
    assert heading(visit(client, lab["eve"], HOME)) == "Nobody knows yet who would lose."
    visit(client, lab["eve"], f"{HOME}preview/", go="1")
    page = visit(client, lab["mia"], HOME)
    assert heading(page) == "1 project would fall under the minimum."
    assert "Lend 12 GPU-h to chat for 20 days." in read(page)
    assert "1.25 × by" in read(page)
    for name in ("mia", "noa"):
        visit(client, lab[name], f"{HOME}sign/", preview="1")
    assert visit(client, lab["mia"], f"{HOME}adopt/", go="1")["Location"] == HOME
    assert find_directive("red-1").state == "in_force"
    assert heading(visit(client, lab["ann"], HOME)) == "In force, 20 days left."


def test_every_page_counts_down_while_a_directive_is_in_force_and_not_after(client, lab, settings):
    assert "Code red red-1" not in read(visit(client, lab["ann"], "/projects/"))
    adopt(client, lab)
    for path in ("/", "/projects/", "/mine/requests/", "/code-red/"):
        assert "credits are lent to chat until" in read(client.get(path, follow=True)), path
    settings.APPORTION_CLOCK = lambda: END - DAY
    assert "24 hours left" in read(visit(client, lab["ann"], "/projects/"))
    advance_directives(now=END)
    assert "credits are lent" not in read(visit(client, lab["ann"], "/projects/"))


def test_the_board_shows_what_is_proposed_and_that_nothing_was_sent(client, lab):
    visit(client, lab["eve"], "/code-red-draft/", toml=TERMS)
    assert "Code red preview" not in read(visit(client, lab["eve"], "/rounds/spring/decide/"))
    visit(client, lab["eve"], f"{HOME}preview/", go="1")
    page = read(visit(client, lab["eve"], "/rounds/spring/decide/"))
    assert "Code red preview nothing sent yet Lend 12 GPU-h to chat for 20 days." in page
    assert "See the 1 project" in page


def test_the_register_is_a_page_json_and_csv(client, lab):
    adopt(client, lab)
    assert heading(visit(client, lab["ann"], "/code-red/")) == "No directive missed its payback."
    [row] = visit(client, lab["ann"], "/code-red.json").json()["directives"]
    assert (row["directive"], row["state"], row["lent"], row["owed"]) == (
        "red-1",
        "in_force",
        "12",
        "12",
    )
    lines = visit(client, lab["ann"], "/code-red.csv").content.decode().splitlines()
    assert lines[0].startswith("directive,state,for,from,until")
    assert len(lines) == 2


def test_terms_with_faults_are_told_with_their_lines_and_kept_nowhere(client, lab):
    page = visit(client, lab["eve"], "/code-red-draft/", toml="ref = 3\n")
    assert page.status_code == 422
    assert "directive.toml:1: ref: missing or not an id" in read(page)
    assert "a directive has an end" in read(page)


def test_hostile_words_are_shown_as_words(client, lab):
    toml = TERMS.replace("Answer the incident", "<b>x</b> & ${x} {{y}}")
    visit(client, lab["eve"], "/code-red-draft/", toml=toml)
    replay = {"waits": [{"group": HOSTILE, "now": 1, "then": 7200}, {"group": 1}, "x"]}
    make_preview(ref="red-1", by=lab["eve"], now=START, replay=replay)
    page = visit(client, lab["ann"], HOME)
    assert "<b>x</b> & ${x} {{y}}" in read(page)
    assert b"<script>alert" not in page.content
    assert b"2.0 h" in page.content


def test_a_refused_step_is_told_on_the_directives_page(client, lab):
    visit(client, lab["eve"], "/code-red-draft/", toml=TERMS)
    page = visit(client, lab["eve"], f"{HOME}adopt/", go="1")
    assert page.status_code == 409
    assert "Preview it first." in read(page)


@pytest.mark.parametrize("verb", ["preview", "withdraw", "sign", "adopt", "end"])
def test_a_step_is_denied_to_who_may_not_take_it_and_to_strangers(client, lab, verb):
    visit(client, lab["eve"], "/code-red-draft/", toml=TERMS)
    for name in ("ann", "rev", "aud"):
        assert visit(client, lab[name], f"{HOME}{verb}/", go="1").status_code == 403
    client.logout()
    assert client.post(f"{HOME}{verb}/").status_code == 302
    assert visit(client, lab["eve"], f"/code-red/none/{verb}/", go="1").status_code == 404
    assert find_directive("red-1").state == "draft"


def test_pages_take_few_statements(client, lab, django_assert_max_num_queries):
    adopt(client, lab)
    client.force_login(lab["eve"])
    for path in (HOME, "/code-red/", "/code-red.json"):
        with django_assert_max_num_queries(QUERIES_A_PAGE):
            assert client.get(path).status_code == 200


def test_the_json_of_the_register_is_plain(client, lab):
    assert json.loads(visit(client, lab["aud"], "/code-red.json").content) == {"directives": []}
