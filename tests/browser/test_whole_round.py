"""One request from its draft to an upheld appeal: by mouse, by keys alone, on a phone, in the dark.

Everybody comes in by the sign-in page and goes on from what waits for them; each page that is passed
is put before axe, has room for what it shows, and logs nothing.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from apportion.apps.people.actions import add_person
from tests.apps import small_lab
from tests.apps.appeal.lab import APPEALS, TOLD
from tests.apps.small_lab import NOW, POLICY
from tests.browser.hands import Finger, Keys, Mouse
from tests.browser.judge import BEYOND, DESK, find_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REF = "spring-3"
PASSWORD = "north of the field"
PATIENCE = 20_000  # milliseconds: a crowded machine is slow, and not wrong
PHONE = {"width": 390, "height": 844}
RULES = "[board]\nsigners = 2\n[review]\nopinions = 1\n"


@pytest.fixture
def office(transactional_db):
    """An open round that two sign and that keeps a reserve for appeals; two requests are scored."""
    folk = small_lab.people()
    for name in ("mia", "noa"):
        folk[name] = add_person(username=name, name=name.title(), roles=["board"])
    for person in folk.values():
        person.set_password(PASSWORD)
        person.save()
    row = small_lab.open_spring(folk["eve"], policy=POLICY + APPEALS + RULES)
    for slug, score in (("alpha", 9), ("beta", 7)):
        small_lab.file_request(
            row, folk["ann"], slug, minimum=20, ask=40, score=score, reviewer=folk["rev"]
        )
    return {"folk": folk}


class Walk:
    """Somebody's way through the office."""

    def __init__(self, page, hand, home, settings):
        self.page, self.home, self.settings = page, home, settings
        self.hand = hand(page)
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    def sign_in(self, username):
        """Opens the office as on a machine of their own, and signs in."""
        self.page.goto("about:blank")  # a page that asks for news would ask as somebody else
        self.page.context.clear_cookies()
        self.page.goto(self.home)
        self.hand.write(self.page.get_by_label("Username"), username)
        self.hand.write(self.page.get_by_label("Password"), PASSWORD)
        self.press("Sign in")
        expect(self.page.get_by_role("button", name="sign out")).to_be_attached()

    def press(self, name, role="button"):
        self.hand.press(self.page.get_by_role(role, name=name, exact=True))

    def follow(self, name):
        self.press(name, "link")

    def take(self, words):
        """Opens what waits."""
        self.hand.press(self.page.locator("#main").get_by_role("link", name=words))

    def write(self, label, words):
        self.hand.write(self.page.get_by_label(label, exact=True), words)

    def arrive(self, heading):
        """Reads the title of the page, and judges the page."""
        expect(self.page.locator("h1")).to_contain_text(heading)
        assert self.page.evaluate(BEYOND) <= 0, self.page.url
        on_desk = self.page.viewport_size == DESK
        assert find_faults(self.page, unsure=on_desk) == [], self.page.url

    def told(self, words):
        expect(self.page.get_by_role("status").first).to_contain_text(words)

    def let_pass(self, at):
        self.settings.APPORTION_CLOCK = lambda: at


@pytest.fixture
def walk(quiet, live_server, office, settings):
    """Gives a way to begin one."""
    return lambda hand: Walk(quiet, hand, live_server.url, settings)


@pytest.fixture
def browser_context_args(browser_context_args, request):
    """A desk or a phone, by day or by night."""
    size, scheme = request.node.callspec.params["at"]
    touch = {"has_touch": True, "is_mobile": True} if size is PHONE else {}
    return {**browser_context_args, "viewport": size, "color_scheme": scheme, **touch}


@pytest.mark.parametrize(
    ("hand", "at"),
    [
        (Mouse, (DESK, "light")),
        (Keys, (DESK, "light")),
        (Finger, (PHONE, "light")),
        (Mouse, (DESK, "dark")),
    ],
    ids=["by mouse", "by keyboard alone", "on a phone", "in the dark"],
)
def test_a_request_is_written_judged_denied_appealed_and_granted(walk, hand, at):
    round_of = walk(hand)
    write_request(round_of)
    ask_reader(round_of)
    score_request(round_of)
    round_of.let_pass(TOLD)
    second = propose_and_sign(round_of)
    adopt_and_publish(round_of, second)
    round_of.let_pass(TOLD + timedelta(days=1))
    decider = appeal_it(round_of)
    assert decider not in {"eve", second}
    uphold_it(round_of, decider)
    read_outcome(round_of)


def write_request(one):
    one.let_pass(NOW)
    one.sign_in("bob")
    one.arrive("Nothing waits for you.")
    one.follow("New request")
    one.arrive("Ask until")
    one.write("A short name for it", "Depth")
    one.write("Name of the new project", "Depth-recurrent models")
    one.hand.press(one.page.get_by_role("button", name="Begin"))
    one.arrive("Ask for what the idea needs.")
    one.write("What will you find out?", "Does depth help?")
    one.write("Useful minimum, GPU-h", "20")
    one.write("Requested, GPU-h", "25")
    one.hand.press(one.page.get_by_role("button", name="Submit request"))
    one.told("Depth is submitted")
    one.arrive("You have asked 1 time.")


def ask_reader(one):
    """The chair has the office find who reads what, and sends it."""
    one.sign_in("eve")
    one.page.goto(f"{one.home}/review/spring/assign/")
    one.press("Suggest")
    one.arrive("suggested; nobody is asked yet")
    one.hand.press(one.page.get_by_role("button", name="Send"))
    one.arrive("Every request has its readers.")


def score_request(one):
    one.sign_in("rev")
    one.arrive("1 thing waits for you.")
    one.take("Depth")
    one.arrive("Depth")
    one.hand.choose(one.page.get_by_label("3", exact=True))
    one.write("Why", "A thin pilot.")
    one.hand.press(one.page.get_by_role("button", name="Give my opinion"))
    one.arrive("You have read everything that is yours to read.")


def propose_and_sign(one):
    one.sign_in("eve")
    one.take("Spring is to be decided")
    one.press("Propose")
    one.arrive("Slate 1 grants")
    one.hand.move_line("60", "Keep some back")
    one.arrive("Slate 2 grants")
    one.follow("Sign and adopt")
    one.arrive("1 hear")
    one.press("Sign")
    one.press("Ask for signatures")
    one.arrive("1 hear")
    asked = one.page.locator("dt", has_text="Mia").or_(one.page.locator("dt", has_text="Noa"))
    return asked.first.inner_text().lower()


def adopt_and_publish(one, second):
    one.sign_in(second)
    one.take("asks for your signature")
    one.arrive("1 hear")
    one.press("Adopt and hold back")
    one.told("Slate 2")
    one.follow("Publish")
    one.arrive("3 letters are ready, and nobody was told yet.")
    one.press("Publish 3 at once")
    one.arrive("All 3 were told.")


def appeal_it(one):
    one.sign_in("bob")
    one.take("Depth: not yet")
    one.arrive("Not yet.")
    one.follow("Appeal this decision")
    one.arrive("What was not right?")
    one.write("What was not right", "The pilot was misread.")
    one.press("File the appeal")
    one.arrive("Depth: waits for a ruling.")
    chair = one.page.locator("section", has=one.page.get_by_role("heading", name="Who decides"))
    return chair.locator("dt").first.inner_text().lower()


def uphold_it(one, decider):
    one.sign_in(decider)
    one.take("Depth: a fact is wrong")
    one.arrive("Depth: waits for a ruling.")
    expect(one.page.get_by_label("Ruling")).to_have_value("uphold")
    one.write("Reasons", "It was misread.")
    one.press("Write and sign the ruling")
    one.arrive("Depth: upheld.")


def read_outcome(one):
    one.sign_in("bob")
    one.page.goto(f"{one.home}/requests/{REF}/outcome/")
    one.arrive("Granted in full.")
