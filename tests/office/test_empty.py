"""An office on its first day: people, and nothing else. Every page answers and says how to begin."""

import re

import pytest

from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import PERMITS, PUBLIC
from tests.apps.pages import heading
from tests.apps.people.test_matrix import OURS, ROLES

# Pages that list nothing: forms, a search, and the public record, which says that it is empty.
FORMS = {
    "/mine/account/factor/", "/mine/account/codes/new/", "/mine/expertise/", "/rounds-plan/",
    "/code-red-draft/", "/record/", "/record/claim/", "/find/",
}  # fmt: skip
# What asks for a password first, and what there is only with a second factor.
SENDS_BACK = {
    "/mine/account/again/": 403,
    "/mine/account/factor/again/": 403,
    "/mine/account/factor/remove/": 404,
    "/mine/account/codes/": 404,
}


def open_to(role):
    """Lists the addresses of pages without arguments that a role may open; files have no lists to fill."""
    for _, route, verb in OURS:
        if (
            "<" not in route
            and (not route or route.endswith("/"))
            and (verb in PUBLIC or role in PERMITS[verb])
        ):
            yield f"/{route}"


@pytest.fixture
def pages(client, db):
    """Opens every such address as somebody of a role, in an office of people alone."""

    def visit(role):
        client.force_login(add_person(username="some", name="Some", roles=[role]))
        client.raise_request_exception = False
        return {address: client.get(address) for address in open_to(role)}

    return visit


def is_page(answer):
    """Says whether an answer is a page to read."""
    return answer.status_code == 200 and "text/html" in answer["Content-Type"]


def lessons(answer):
    """Gives the paragraphs of each empty part of a page: that there is nothing, and what comes first."""
    text = answer.content.decode()
    found = re.findall(r'<div class="empty">(.*?)</div>', text, re.DOTALL)
    return [re.findall(r"<p>.*?</p>", part, re.DOTALL) for part in found]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_an_empty_office_answers_and_its_lists_say_what_comes_first(pages, role):
    wrong, read = [], 0
    for address, answer in pages(role).items():
        if not is_page(answer):
            if answer.status_code not in {SENDS_BACK.get(address), 405}:
                wrong.append((address, answer.status_code))
            continue
        read += 1
        taught = address in FORMS or any(len(paragraphs) > 1 for paragraphs in lessons(answer))
        if not heading(answer) or not taught:
            wrong.append((address, heading(answer), lessons(answer)))
    assert wrong == []
    assert read > len(FORMS)


def test_whoever_may_open_a_round_is_led_to_it_from_the_empty_list_of_rounds(client, db):
    client.force_login(add_person(username="some", name="Some", roles=["board"]))
    assert 'href="/rounds-plan/"' in client.get("/rounds/").content.decode()
