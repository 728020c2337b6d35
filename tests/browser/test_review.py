"""An opinion is kept as it is typed, and a second window that writes it too is told."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_opinion_is_kept_as_it_is_typed_and_two_windows_lose_nothing(enter, live_server, office):
    path = f"/requests/{office['waiting'].ref}/opinion/"
    page = enter("rev", path)
    other = page.context.new_page()
    other.goto(live_server.url + path)
    page.get_by_label("Why", exact=True).press_sequentially("Sound pilot")
    expect(page.locator("#saved")).to_contain_text("Kept as you typed")
    other.get_by_label("Why", exact=True).press_sequentially("Another window")
    expect(other.locator("#saved")).to_contain_text("Another window kept this")
    page.get_by_label("Why", exact=True).press_sequentially(", honest minimum")
    expect(page.locator("#saved")).to_contain_text("Kept as you typed")
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.get_by_label("Why", exact=True)).to_have_value("Sound pilot, honest minimum")
    page.locator(".scores").get_by_text("8", exact=True).click()
    page.get_by_role("button", name="Give my opinion").click()
    expect(page.locator("h1")).to_have_text("You have read everything that is yours to read.")
