"""Code red, the drill, the public record and claims in a browser: light, dark and on a phone."""

from datetime import timedelta

import pytest

from apportion.apps.directive.actions import draft_directive, make_preview
from tests.apps.small_lab import NOW
from tests.browser.judge import find_faults_in_both_lights, find_faults_on_narrow_screens

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


def test_pages_of_emergencies_and_claims_have_no_fault(enter, office, page):
    draft_directive(toml=TERMS, by=office["folk"]["eve"], now=NOW)
    make_preview(ref="red-2", by=office["folk"]["eve"], now=NOW)
    found = {}
    for name, (who, path) in PAGES.items():
        opened = enter(who, path)
        faults = find_faults_in_both_lights(opened) + find_faults_on_narrow_screens(opened)
        if opened.locator("h1").count() != 1:
            faults.append("no answer as its title")
        if faults:
            found[name] = faults
    assert found == {}
