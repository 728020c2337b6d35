"""Code red, the drill, the public record and claims in a browser: light, dark and on a phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from apportion.apps.directive.actions import draft_directive, make_preview
from tests.apps.small_lab import NOW
from tests.browser.test_accessible import RULES, TARGETS, unjudged

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TERMS = f"""schema = "apportion.directive/1"
ref = "red-2"
purpose = "Answer the incident"
project = "elder"
from = {(NOW + timedelta(days=1)).isoformat()}
until = {(NOW + timedelta(days=20)).isoformat()}
[take.amount]
"gpu:h100" = 3
[payback]
rate = 1.25
by = {(NOW + timedelta(days=40)).isoformat()}
"""
CLAIM = "counts=foundations&resource=gpu&period=2026-02&measure=delivered&comparison=over&limit=0.5"
PAGES = {
    "register": ("eve", "/code-red/"),
    "a directive with its preview": ("eve", "/code-red/red-2/"),
    "draft": ("eve", "/code-red-draft/"),
    "drill": ("eve", "/code-red-drill/"),
    "drill that is refused": ("eve", "/code-red-drill/?trace=none"),
    "what may be told": ("ann", "/mine/publishing/"),
    "equity": ("aud", "/equity/"),
    "rates": ("ops", "/rates/"),
    "record": (None, "/record/"),
    "claim": (None, "/record/claim/"),
    "claim with its answer": (None, f"/record/claim/?{CLAIM}"),
}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_pages_of_emergencies_and_claims_have_no_fault(enter, office, page, scheme, width):
    draft_directive(toml=TERMS, by=office["folk"]["eve"], now=NOW)
    make_preview(ref="red-2", by=office["folk"]["eve"], now=NOW)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for name, (who, path) in PAGES.items():
        opened = enter(who, path)
        response = Axe().run(opened, options=RULES).response
        # What a phone scrolls out of a table axe cannot judge; the wide page shows the same colours.
        unsure = unjudged(response) if width > 400 else ()
        small = Axe().run(opened, options=TARGETS).response["violations"] if width < 400 else []
        for fault in (*response["violations"], *unsure, *small):
            where = [node["target"] for node in fault["nodes"]][:3]
            found.setdefault(name, []).append((fault["id"], where))
        if opened.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.setdefault(name, []).append(("runs out of the screen", []))
        if opened.locator("h1").count() != 1:
            found.setdefault(name, []).append(("no answer as its title", []))
    assert found == {}
