"""Every page in light and dark: no WCAG 2.2 A or AA fault that axe can find, and room on a phone."""

import pytest

from apportion.apps.appeal.queries import list_appeals
from apportion.apps.change.queries import list_changes, list_notices
from apportion.apps.ledger.statements import find_account
from apportion.apps.notice.queries import list_messages, unsubscribe_path
from apportion.core.ledger import Key, Kind
from tests.apps.small_lab import GPU
from tests.browser.judge import find_faults_in_both_lights, find_faults_on_narrow_screens

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATEMENT = "/ledger/accounts/{older}/"
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
    "draft": ("ann", "/requests/spring-draft/edit/"),
    "versions": ("ann", "/requests/spring-draft/versions/"),
    "late draft": ("ann", "/requests/winter-draft/edit/"),
    "fast lane": ("rev", "/fastlane/"),
    "my requests": ("ann", "/mine/requests/"),
    "granted request": ("ann", "/requests/winter-1/"),
    "denied request": ("ann", "/requests/winter-3/"),
    "my reviews": ("rev", "/mine/reviews/"),
    "opinion": ("rev", "/requests/spring-5/opinion/"),
    "what waits": ("rev", "/"),
    "find": ("eve", "/find/?q=alpha"),
    "nothing of that name": ("eve", "/find/?q=zzz"),
    "plan a round": ("eve", "/rounds-plan/?like=spring"),
    "urgent round": ("eve", "/rounds-urgent/"),
    "nothing waits": ("aud", "/"),
    "what one knows": ("rev", "/mine/expertise/"),
    "ties": ("rev", "/mine/ties/"),
    "people": ("ops", "/people/"),
    "my account": ("ann", "/mine/account/"),
    "second factor": ("ann", "/mine/account/factor/"),
    "groups": ("ops", "/people/groups/"),
    "panel": ("eve", "/review/spring/panel/"),
    "panel of a decided round": ("eve", "/review/winter/panel/"),
    "who reads what": ("eve", "/review/spring/assign/"),
    "reply": ("ann", "/requests/winter-1/reply/"),
    "reply too early": ("ann", "/requests/spring-1/reply/"),
    "standing": ("ann", "/standing/"),
    "board": ("eve", "/rounds/spring/decide/"),
    "decided board": ("eve", "/rounds/winter/decide/"),
    "adopt": ("eve", "/rounds/winter/slates/1/adopt/"),
    "acts": ("eve", "/rounds/winter/decide/acts/"),
    "published": ("eve", "/rounds/winter/publish/"),
    "nothing to publish": ("eve", "/rounds/spring/publish/"),
    "letter": ("eve", "/rounds/winter/letters/winter-3/"),
    "letter template": ("eve", "/letters/not_yet/"),
    "outcome": ("ann", "/requests/winter-3/outcome/"),
    "being decided": ("ann", "/requests/spring-1/outcome/"),
    "appeals": ("eve", "/appeals/"),
    "appeal": ("ann", "/appeals/{appeal}/"),
    "appeal to decide": ("mia", "/appeals/{appeal}/"),
    "changes": ("eve", "/changes/"),
    "ask for a change": ("ann", "/projects/older/change/"),
    "change to answer": ("eve", "/changes/{change}/"),
    "progress": ("ann", "/projects/older/progress/"),
    "notices": ("eve", "/wind-downs/"),
    "notice": ("ann", "/wind-downs/{notice}/"),
    "give notice": ("eve", "/projects/older/wind-down/"),
    "projects": ("eve", "/projects/"),
    "experiments": ("eve", "/experiments/"),
    "project": ("ann", "/projects/older/"),
    "members of a project": ("ann", "/projects/older/members/"),
    "members of a project, to others": ("eve", "/projects/older/members/"),
    "project without a grant": ("ann", "/projects/alpha/"),
    "metering": ("ops", "/metering/"),
    "rates": ("ops", "/rates/"),
    "ledger": ("aud", "/ledger/"),
    "statement": ("aud", STATEMENT),
    "periods": ("aud", "/ledger/periods/"),
    "period": ("aud", "/ledger/periods/winter/"),
    "loans": ("aud", "/ledger/loans/"),
    "code red": ("eve", "/code-red/"),
    "drill": ("eve", "/code-red-drill/"),
    "what may be told": ("ann", "/mine/publishing/"),
    "enforcement": ("ops", "/enforcement/"),
    "queues": ("ops", "/enforcement/queues/"),
    "alerts": ("ann", "/alerts/"),
    "what one is told": ("ann", "/notices/"),
    "messages": ("ops", "/notices/log/"),
    "message": ("ops", "/notices/log/{message}/"),
    "webhooks": ("ops", "/notices/webhooks/"),
    "a mail to turn off": (None, "{unsubscribe}"),
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


def names():
    """Gives what addresses are told by: the number of an account, the references of what is asked."""
    return {
        "older": find_account(Key(Kind.PROJECT, "older", GPU)).pk,
        "appeal": list_appeals().first().ref,
        "change": list_changes().first().ref,
        "notice": list_notices().first().ref,
        "message": list_messages().first().pk,
        "unsubscribe": unsubscribe_path(1, "digest"),
    }


def walk(enter):
    """Opens every page as the one who reads it, signing in only where that is another."""
    known, somebody = names(), None
    for name, (who, path) in PAGES.items():
        yield name, enter(who if who != somebody else None, path.format(**known))
        somebody = who or somebody


def test_no_page_has_a_fault_that_axe_can_find_nor_runs_out_of_a_narrow_screen(enter, quiet):
    found = {}
    for name, page in walk(enter):
        faults = find_faults_in_both_lights(page) + find_faults_on_narrow_screens(page)
        if faults:
            found[name] = faults
    assert found == {}


CONTRASTS = """() => {
  const paper = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const light = (colour) => {
    paper.fillStyle = colour; paper.fillRect(0, 0, 1, 1);
    const parts = [...paper.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const box = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  document.body.append(box);
  const found = {};
  for (let hue = 1; hue <= 8; hue += 1) {
    box.innerHTML = `<g class="h${hue}"><rect class="block"/><text class="name">x</text></g>`;
    const [block, name] = box.firstChild.children;
    found[hue] = ratio(light(getComputedStyle(block).fill), light(getComputedStyle(name).fill));
  }
  return found;
}"""


def test_names_can_be_read_on_the_colour_of_every_area(enter, quiet):
    page = enter("ann", "/rounds/spring/")
    for scheme in ("light", "dark"):
        quiet.emulate_media(color_scheme=scheme)
        ratios = page.evaluate(CONTRASTS)
        assert {hue: ratio for hue, ratio in ratios.items() if ratio < 4.5} == {}, scheme


def test_what_scrolls_sideways_can_be_reached_by_keyboard(enter):
    page = enter("eve", "/rounds/spring/requests/")
    region = page.get_by_role("region", name="Requests")
    assert region.get_attribute("tabindex") == "0"
