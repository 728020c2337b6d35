"""`?` tells the keys that do something on this page, and no others; each key told does it."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVERYWHERE = {"Find anything", "These keys"}
ROWS = {"Next row, row before", "Open the row"}
FORM = {"Send the form you are in"}
BOARD = {
    *("Grant in full", "Hold to the minimum", "Not yet, with a reason"),
    *("Give back to the engine", "Move the line, out and in", "Undo, redo"),
}
TOLD = {
    ("eve", "/rounds/spring/requests/"): EVERYWHERE | ROWS | {"Search this list"},
    ("eve", "/rounds/winter/decide/"): EVERYWHERE | ROWS,  # adopted: nothing is moved any more
    ("rev", "/requests/spring-5/opinion/"): EVERYWHERE | FORM | {"Choose another mark"},
    ("ann", "/requests/spring-draft/edit/"): EVERYWHERE | FORM | {"Move a handle"},
    ("ann", "/requests/winter-3/outcome/"): EVERYWHERE,
}


def told(page):
    """Opens the keys by their key and lists what is told."""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_be_visible()
    names = set(page.locator("#keys dt:visible").all_text_contents())
    assert page.locator("#keys dd:visible").count() == len(names)
    page.keyboard.press("Escape")
    return names


def test_each_page_tells_its_own_keys(enter):
    somebody = None
    for (who, path), wanted in TOLD.items():
        page = enter(who if who != somebody else None, path)
        somebody = who
        assert told(page) == wanted, path


def test_the_board_tells_its_keys_and_they_move_along_its_rows(enter, office):
    from apportion.apps.decide.actions import propose_slate
    from apportion.apps.review.actions import write_opinion
    from tests.apps.small_lab import NOW

    folk = office["folk"]
    write_opinion(request=office["waiting"], by=folk["rev"], score_hundredths=500, now=NOW)
    propose_slate(row=office["spring"], by=folk["eve"], now=NOW)
    page = enter("eve", "/rounds/spring/decide/")
    assert told(page) >= EVERYWHERE | ROWS | BOARD
    page.keyboard.press("j")
    expect(page.locator("[data-row] a:focus")).to_have_count(1)
    page.keyboard.press("g")
    expect(page.locator("#move-title")).to_contain_text("Grant in full")


def test_the_keys_of_a_list_go_along_its_rows_open_one_and_search(enter):
    page = enter("eve", "/rounds/spring/requests/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1).locator("a").first).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/spring-*/")
