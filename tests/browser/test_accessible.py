"""Every page in light and dark: no WCAG 2.2 A or AA fault that axe can find, and room on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PAGES = {
    "login": (None, "/login/"),
    "not there": (None, "/nowhere/"),
    "record": (None, "/record/"),
    "rounds": ("ann", "/rounds/"),
    "open round": ("ann", "/rounds/spring/"),
    "decided round": ("eve", "/rounds/winter/"),
    "requests": ("eve", "/rounds/spring/requests/"),
    "nothing found": ("eve", "/rounds/spring/requests/?q=zzz"),
    "new request": ("ann", "/rounds/spring/requests/new/"),
    "my requests": ("ann", "/mine/requests/"),
    "granted request": ("ann", "/requests/winter-1/"),
    "denied request": ("ann", "/requests/winter-3/"),
    "my reviews": ("rev", "/mine/reviews/"),
    "opinion": ("rev", "/requests/spring-5/opinion/"),
    "board": ("eve", "/rounds/spring/decide/"),
    "decided board": ("eve", "/rounds/winter/decide/"),
    "adopt": ("eve", "/rounds/winter/slates/1/adopt/"),
    "projects": ("eve", "/projects/"),
    "project": ("ann", "/projects/older/"),
    "project without a grant": ("ann", "/projects/alpha/"),
    "ledger": ("aud", "/ledger/"),
    "enforcement": ("ops", "/enforcement/"),
    "refused": ("ann", "/ledger/"),
}
EXPECTED_REFUSALS = ("403", "404")


@pytest.fixture
def quiet(page):
    """Here some pages are refusals on purpose; what they are refused with is no fault."""
    bad = []
    page.on("console", lambda m: bad.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: bad.append(str(e)))
    yield page
    assert [text for text in bad if not any(code in text for code in EXPECTED_REFUSALS)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_axe_can_find(enter, quiet, scheme):
    quiet.emulate_media(color_scheme=scheme)
    found = {}
    somebody = None
    for name, (who, path) in PAGES.items():
        page = enter(who if who != somebody else None, path)
        somebody = who or somebody
        violations = Axe().run(page, options=RULES).response["violations"]
        for fault in violations:
            where = [node["target"] for node in fault["nodes"]][:3]
            found.setdefault(name, []).append((fault["id"], where))
    assert found == {}


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_runs_out_of_a_narrow_screen(enter, quiet, width):
    quiet.set_viewport_size({"width": width, "height": 800})
    wide = {}
    somebody = None
    for name, (who, path) in PAGES.items():
        page = enter(who if who != somebody else None, path)
        somebody = who or somebody
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if beyond > 0:
            wide[name] = beyond
    assert wide == {}


def test_what_scrolls_sideways_can_be_reached_by_keyboard(enter):
    page = enter("eve", "/rounds/spring/requests/")
    region = page.get_by_role("region", name="Requests")
    assert region.get_attribute("tabindex") == "0"
