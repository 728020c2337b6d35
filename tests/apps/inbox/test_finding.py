"""Finding a page, an act or a thing by a few letters, and nothing that one may not open."""

import pytest

from tests.apps.pages import HOSTILE, heading, read, visit
from tests.apps.small_lab import file_request


def names(response):
    return {one.name for kind in response.context["kinds"] for one in kind.found}


def test_pages_rounds_requests_projects_and_people_are_found(client, folk, spring):
    file_request(spring, folk["ann"], "alpha")
    found = visit(client, folk["eve"], "/find/?q=al")
    assert {"Alpha"} <= names(found)
    assert [kind.name for kind in found.context["kinds"]][-2:] == ["Requests", "Projects"]
    assert "Spring" in names(visit(client, folk["eve"], "/find/?q=spri"))
    assert "Ann" in names(visit(client, folk["eve"], "/find/?q=ann"))
    assert "Ledger" in names(visit(client, folk["eve"], "/find/?q=books"))


def test_what_one_may_not_open_is_not_found(client, folk, spring):
    assert "Ann" not in names(visit(client, folk["bob"], "/find/?q=ann"))
    assert "Ledger" not in names(visit(client, folk["bob"], "/find/?q=ledger"))
    assert "New request" not in names(visit(client, folk["eve"], "/find/"))


@pytest.mark.parametrize("who", ["ann", "rev", "eve", "ops", "aud"])
def test_whatever_is_found_opens(client, folk, spring, who):
    for kind in visit(client, folk[who], "/find/").context["kinds"]:
        for one in kind.found:
            assert visit(client, folk[who], one.path).status_code in {200, 302}, one.path


def test_an_office_without_a_round_offers_no_page_of_one(client, folk):
    assert "Decision board" not in names(visit(client, folk["eve"], "/find/"))
    assert "Plan or open a round" in names(visit(client, folk["eve"], "/find/"))


def test_words_that_nothing_is_called_are_said_to_be_none_and_are_escaped(client, folk, spring):
    page = visit(client, folk["eve"], "/find/")
    assert heading(page) == "Where to?"
    page = client.get("/find/", {"q": HOSTILE})
    assert heading(page).startswith("Nothing is called")
    assert "<script>alert" not in page.content.decode()


def test_the_palette_gets_the_same_answer_without_the_page(client, folk, spring):
    client.force_login(folk["eve"])
    part = client.get("/find/", {"q": "led"}, headers={"HX-Request": "true"})
    assert "Ledger" in read(part)
    assert "<nav" not in part.content.decode()


def test_a_search_asks_the_database_little(client, folk, spring, django_assert_max_num_queries):
    client.force_login(folk["eve"])
    with django_assert_max_num_queries(14):
        client.get("/find/", {"q": "a"}, headers={"HX-Request": "true"})


@pytest.mark.parametrize("who", ["ann", "rev", "eve", "ops", "aud"])
def test_every_place_of_the_rail_is_found_by_its_name(client, folk, spring, who):
    rail = visit(client, folk[who], "/").context["rail"]
    links = [link for part in rail for link in part.links]
    assert len(links) > 5
    lost = []
    for link in links:
        kinds = visit(client, folk[who], f"/find/?q={link.name}").context["kinds"]
        if link.href not in {one.path for kind in kinds for one in kind.found}:
            lost.append((link.name, link.href))
    assert lost == []
