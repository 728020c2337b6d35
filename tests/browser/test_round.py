"""A whole round by hand: write, judge, propose, adopt; and everything of it by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_request_is_written_judged_proposed_and_granted(enter, office):
    page = enter("ann", "/")
    page.get_by_role("link", name="New request").click()
    page.get_by_label("A short name for it").fill("Depth")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("What will you find out?").fill("Does depth help?")
    page.get_by_label("Useful minimum, GPU-h", exact=True).fill("5")
    page.get_by_label("Requested, GPU-h", exact=True).fill("10")
    page.get_by_role("button", name="Submit request").click()
    expect(page.get_by_role("status")).to_contain_text("Depth is submitted")

    page = enter("rev", "/requests/spring-6/opinion/")
    page.get_by_text("10", exact=True).click()
    page.get_by_role("button", name="Give my opinion").click()
    page = enter("rev", "/requests/spring-5/opinion/")
    page.get_by_text("4", exact=True).click()
    page.get_by_role("button", name="Give my opinion").click()
    expect(page.locator("h1")).to_have_text("You have read everything that is yours to read.")

    page = enter("eve", "/rounds/spring/decide/")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("h1")).to_contain_text("Slate 1 grants")
    page.get_by_role("link", name="Sign and adopt").click()
    expect(page.locator("h1")).to_contain_text("hear “not yet”")
    page.get_by_role("button", name="Adopt and grant").click()
    expect(page.get_by_role("status")).to_contain_text("Slate 1 is adopted")

    page = enter("ann", "/requests/spring-6/")
    expect(page.locator("h1")).to_have_text("Granted in full.")


def test_the_checks_follow_what_one_writes(enter):
    page = enter("ann", "/rounds/spring/requests/new/")
    page.get_by_label("A short name for it").fill("Depth")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("What will you find out?").fill("Does depth help?")
    page.get_by_label("Useful minimum, GPU-h", exact=True).fill("400")
    page.get_by_label("Requested, GPU-h", exact=True).fill("900")
    page.get_by_label("Requested, GPU-h", exact=True).press("Tab")
    expect(page.locator("#checks")).to_contain_text("The round can award 100 hours in all.")


def test_the_slider_and_the_number_fields_say_the_same(enter):
    page = enter("ann", "/requests/spring-draft/edit/")
    minimum = page.get_by_label("Useful minimum, GPU-h", exact=True)
    asked = page.get_by_label("Requested, GPU-h", exact=True)
    minimum.fill("12")
    asked.fill("30")
    low = page.get_by_role("slider", name="Useful minimum")
    high = page.get_by_role("slider", name="Requested")
    expect(low).to_have_value("12")
    expect(high).to_have_value("30")
    low.press("ArrowRight")
    expect(minimum).to_have_value("13")
    expect(page.locator("#cost-0")).to_have_text("36")
    high.press("Home")  # the ask cannot fall below the minimum without taking it along
    expect(asked).to_have_value(minimum.input_value())


def test_letters_are_counted(enter):
    page = enter("ann", "/requests/spring-draft/edit/")
    page.get_by_label("What will you find out?").fill("Does depth help?")
    expect(page.locator("#question-count")).to_have_text("16 of 280")


def test_what_is_typed_is_saved_and_two_tabs_lose_neither_text(enter):
    page = enter("ann", "/requests/spring-draft/edit/")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("A short name for it").fill("From the other tab")
    other.get_by_label("What will you find out?").fill("Their words.")
    other.get_by_label("Requested, GPU-h", exact=True).focus()
    expect(other.locator("#saved")).to_contain_text("Saved at")
    question = page.get_by_label("What will you find out?", exact=True)
    question.fill("My words.")
    question.press("Tab")
    expect(page.locator("#clashes textarea")).to_have_value("My words.")
    expect(question).to_have_value("Their words.")
    expect(page.get_by_label("A short name for it")).to_have_value("From the other tab")
    page.get_by_role("button", name="Put mine in place of theirs").click()
    expect(question).to_have_value("My words.")
    other.close()


def test_a_form_is_sent_by_its_key(enter):
    page = enter("ann", "/rounds/spring/requests/new/")
    page.get_by_label("A short name for it").fill("Depth")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("What will you find out?").fill("Does depth help?")
    page.get_by_label("Useful minimum, GPU-h", exact=True).fill("5")
    page.get_by_label("Requested, GPU-h", exact=True).fill("10")
    page.get_by_label("Requested, GPU-h", exact=True).press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("is submitted")


def test_a_search_narrows_the_list_while_one_types(enter):
    page = enter("eve", "/rounds/spring/requests/")
    page.keyboard.press("/")
    page.keyboard.type("gamma")
    expect(page.locator("h1")).to_have_text("1 request speaks of “gamma”.")
    expect(page).to_have_url(re.compile(r"\?q=gamma"))


def test_j_and_k_move_along_the_rows_and_open_their_reasons(enter):
    page = enter("eve", "/rounds/winter/decide/")
    links = page.locator("[data-row] a")
    for key, row in (("k", 1), ("k", 0), ("k", 0), ("j", 1), ("j", 2), ("j", 2)):
        page.keyboard.press(key)
        expect(links.nth(row)).to_be_focused()
    expect(page.locator("tr.why:not([hidden])")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Not yet.")


def test_the_question_mark_shows_the_keys_and_escape_hides_them(enter):
    page = enter("ann", "/rounds/spring/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_keys_are_letters_while_one_writes(enter):
    page = enter("ann", "/rounds/spring/requests/new/")
    field = page.get_by_label("A short name for it")
    field.press_sequentially("j/k?")
    expect(field).to_have_value("j/k?")


def test_the_first_tab_leads_past_the_rail(enter):
    page = enter("ann", "/rounds/spring/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_slate_that_has_gone_stale_is_refused_in_words(enter, office):
    page = enter("rev", "/requests/spring-5/opinion/")
    page.get_by_text("4", exact=True).click()
    page.get_by_role("button", name="Give my opinion").click()
    page = enter("eve", "/rounds/spring/decide/")
    page.get_by_role("button", name="Propose").click()
    page = enter("rev", "/requests/spring-1/opinion/")
    page.get_by_text("2", exact=True).click()
    page.get_by_role("button", name="Change my opinion").click()
    page = enter("eve", "/rounds/spring/slates/1/adopt/")
    page.get_by_role("button", name="Adopt and grant").click()
    expect(page.get_by_role("alert")).to_contain_text("propose again")


def test_every_page_works_without_a_script(browser, live_server, office):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/login/")
    page.locator("form:has(input[value='eve']) button").click()
    page.goto(f"{live_server.url}/rounds/winter/decide/?focus=winter-3")
    expect(page.locator("tr.why:not([hidden])")).to_have_count(1)
    page.goto(f"{live_server.url}/rounds/spring/requests/")
    page.locator("#search").fill("gamma")
    page.locator("#search").press("Enter")
    expect(page.locator("h1")).to_have_text("1 request speaks of “gamma”.")
    context.close()
