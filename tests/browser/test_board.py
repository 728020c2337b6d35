"""The board by keyboard alone and by dragging; two people at it at once; publishing, to the letter."""

import pytest
from playwright.sync_api import expect

from apportion.apps.decide.actions import propose_slate
from apportion.apps.decide.plans import move_plan
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import write_opinion
from tests.apps.decide.board import pin
from tests.apps.small_lab import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOARD = "/rounds/spring/decide/"


@pytest.fixture
def proposed(office):
    reviewer = office["folk"]["rev"]
    write_opinion(request=office["waiting"], by=reviewer, score_hundredths=400, now=NOW)
    propose_slate(row=office["spring"], by=office["folk"]["eve"], now=NOW)
    return office


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_request_is_put_out_undone_and_redone_by_keys_alone(enter, proposed):
    page = enter("eve", BOARD)
    press(page, "k", "k", "k", "k")
    expect(page.locator("tr[data-row] a").first).to_be_focused()
    press(page, "n")
    dialog = page.get_by_role("dialog", name="Not yet: Alpha")
    expect(dialog.get_by_label("Why")).to_be_focused()
    expect(dialog).to_contain_text("less.")  # the engine has told what it costs
    page.keyboard.type("The pilot is not done")
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text("Slate 2")
    expect(page.locator("#spring-1")).to_contain_text("Put out")
    press(page, "u")
    expect(page.locator("h1")).to_contain_text("Slate 1")
    press(page, "r")
    expect(page.locator("h1")).to_contain_text("Slate 2")


def test_the_line_moves_by_its_keys_and_by_dragging_it_in_the_picture(enter, proposed):
    page = enter("eve", BOARD)
    press(page, "[")
    field = page.get_by_role("dialog").get_by_label("The line, GPU-h")
    expect(field).to_have_value("80")
    press(page, "Escape")
    line = page.get_by_role("slider", name="The line")
    box = line.bounding_box()
    share = line.evaluate("l => l.value / l.max")
    x, y = box["x"] + 11 + (box["width"] - 22) * share, box["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 150, y, steps=3)
    page.mouse.up()
    expect(field).not_to_have_value("100")
    page.get_by_role("dialog").get_by_label("Why").fill("Keep some back")
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text("Slate 2")
    expect(page.locator(".cutline")).not_to_contain_text("100 GPU-h")


def test_what_another_does_shows_and_an_edit_made_meanwhile_is_refused_by_name(enter, proposed):
    page = enter("eve", BOARD)
    mo = add_person(username="mo", name="Mo", roles=["board"])
    move_plan(row=proposed["spring"], seen=1, override=pin("spring-1"), by=mo, now=NOW)
    expect(page.locator("#meanwhile")).to_contain_text("Mo moved spring-1 out", timeout=9000)
    page.get_by_label("Why").first.fill("Mine")
    page.get_by_role("button", name="Move it", exact=True).first.click()
    expect(page.get_by_role("alert")).to_contain_text("Mo")
    expect(page.locator("h1")).to_contain_text("Slate 2")


def test_held_back_published_and_read_to_the_letter(enter, proposed):
    page = enter("eve", "/rounds/spring/slates/1/adopt/")
    page.get_by_role("button", name="Adopt and hold back").click()
    page = enter("ann", "/requests/spring-4/outcome/")
    expect(page.locator("h1")).to_have_text("It is being decided.")
    page = enter("eve", "/rounds/spring/publish/")
    page.get_by_role("button", name="Publish 5 at once").click()
    expect(page.locator("h1")).to_have_text("All 5 were told.")
    page = enter("ann", "/requests/spring-4/outcome/")
    expect(page.locator("h1")).to_have_text("Not yet.")
    expect(page.locator(".letter")).to_contain_text("Dear Ann")


def test_the_board_folds_into_a_list_on_a_phone(enter, proposed):
    page = enter("eve", BOARD)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row = page.locator("#spring-1").bounding_box()
    assert row["width"] <= 390
    expect(page.locator("#spring-1")).to_contain_text("Grant")


def test_the_line_and_a_request_are_moved_without_a_script(browser, live_server, proposed):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/login/")
    page.locator("form:has(input[value='eve']) button").click()
    page.goto(f"{live_server.url}{BOARD}")
    page.get_by_label("The line, GPU-h").first.fill("60")
    page.locator("#why-line").fill("Keep some back")
    page.get_by_role("button", name="Move the line").click()
    expect(page.locator("h1")).to_contain_text("Slate 2")
    context.close()
