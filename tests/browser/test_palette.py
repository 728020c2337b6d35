"""Anything is found by keyboard alone, and paper holds what was decided and nothing else."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_palette_finds_and_opens_by_keyboard_alone(enter):
    page = enter("eve", "/rounds/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Find anything")).to_be_visible()
    page.keyboard.type("gamma")
    expect(page.locator("#palette-found a").first).to_contain_text("Gamma")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-found a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette-words")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/spring-3/")


def test_the_palette_closes_by_escape_and_takes_no_key_of_a_page(enter):
    page = enter("eve", "/rounds/winter/decide/")
    page.keyboard.press("Control+k")
    page.keyboard.type("j")
    expect(page.locator("#palette-words")).to_have_value("j")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


@pytest.mark.parametrize(
    ("who", "path"), [("ann", "/requests/winter-3/outcome/"), ("eve", "/rounds/winter/decide/")]
)
def test_a_letter_and_a_slate_print_without_the_rail(enter, who, path):
    page = enter(who, path)
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("button:visible").count() == 0
    assert page.pdf().startswith(b"%PDF")
