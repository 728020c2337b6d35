"""Every form of every page, found by following links, takes HTML and formulas as the words they are."""

import csv
import io
import re
from collections import defaultdict

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import Resolver404, resolve, reverse

from apportion.apps.apply.models import Request
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import write_opinion
from tests.apps import full_lab
from tests.apps.crawl import Page
from tests.apps.people.test_matrix import OURS, sample
from tests.apps.small_lab import NOW

pytestmark = pytest.mark.django_db

WORDS = "=1+1<script>alert(1)</script>"
RAW = "<script>alert(1)"
# What names something there is, so that the words beside it are kept and not refused.
NAMES = {
    "minimum_0": "6", "ask_0": "18", "amount": "5", "co_authors": "", "either_or": "", "requires": "",
    "reader": "bob", "username": "bob", "taker": "bob", "person": "noa", "other": "elder",
    "slug": "fresh", "ref": "spring-1", "percent": "50", "score": "", "ask.gpu:h100": "",
    "minimum.gpu:h100": "", "url": "https://ci.lab.example/in", "topics": "", "line": "60",
    "about": "aud", "address": "ann@lab.example", "scope": "spring-1",
}  # fmt: skip
# What ends something is sent when everything else was.
ENDS = re.compile(
    "logout|close|withdraw|recuse|remove|reopen|hasten|factor|revoke|^requests/.*/move/|take|propose|rounds-|adopt"
)
# Where a draft's own script sends what stands in its form.
SCRIPTS = {
    "apply:save": "spring-draft",
    "report:buys": "spring",
    "report:stands": "spring",
    "evidence:clear": "spring",
}
# What takes a form that no page of this office shows: it has no field for words, or waits for what
# its own tests bring about.
NO_WORDS = """apply:submit appeal:sign change:agree change:undo decide:ask decide:sign decide:undo
directive:adopt directive:end directive:preview directive:sign directive:withdraw enforce:acknowledge
evidence:answer meter:replay mfa_deactivate_totp mfa_generate_recovery_codes notice:resend notice:test
notice:unsubscribe report:alert-acknowledge rounds:open"""
UNSEEN = {
    **dict.fromkeys(NO_WORDS.split(), "a button alone"),
    "account_reauthenticate": "a password",
    "mfa_reauthenticate": "a code",
    "appeal:name": "a sign-in name, where too few people can decide",
    "change:progress": "where a policy wants reports: tests/apps/change",
    "decide:reveal": "a seed, where one was promised",
    "grant:look": "where a fast lane granted something: tests/apps/grant/test_fastlane.py",
    "meter:ask": "a scheduler's plugin asks it",
    "meter:attribute": "where use has no project: tests/apps/meter",
    "meter:explain": "where a day differs: tests/apps/meter",
    "review:reply": "between reviews and decision: tests/apps/review",
}
# Where words of forms come to rest; a column that no longer gets them is a form that was missed.
STORED = """Act.words Appeal.words Change.answer Conflict.reason Decider.recused_why Declaration.ground
Delegation.why Edit.why Expertise.keywords HeldBack.reason Letter.body Letter.subject
LetterTemplate.body LetterTemplate.subject Opinion.comment Opinion.set_aside_why PolicyVersion.toml
Request.if_minimum Request.question Request.title RequestStep.note Round.name Token.name
WindDown.reason WindDown.reply"""


class Walk:
    """Goes through the office as each role, and keeps what it found on the way."""

    def __init__(self, client, folk):
        self.client, self.folk = client, folk
        self.forms, self.sent, self.bad = {}, set(), defaultdict(list)

    def crawl(self, who, *, files=False):
        for name in who:
            self.client.force_login(self.folk[name])
            line, often = ["/"], defaultdict(set)
            while line:
                path = line.pop(0).split("?")[0]
                route = route_of(path)
                wanted = (path.endswith(".csv") and files) or not path.endswith((".csv", ".json"))
                if route is None or not wanted or path in often[route] or len(often[route]) > 1:
                    continue
                often[route].add(path)
                page = self.look(name, path, self.client.get(path))
                line += page.links if page else ()

    def look(self, name, path, answer):
        """Judges what came back, and gives it where it is a page."""
        if answer.status_code >= 500:
            self.bad[path].append(answer.status_code)
        kind = answer.get("Content-Type", "")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if kind.startswith("text/csv"):
            cells = [cell for row in csv.reader(io.StringIO(body.decode())) for cell in row]
            if wrong := [cell for cell in cells if cell.startswith("=")]:
                self.bad[path] += wrong
        if not kind.startswith("text/html"):
            return None
        text = body.decode()
        if RAW in text:
            self.bad[path].append(text[max(0, text.index(RAW) - 60) :][:90])
        page = Page(path, text)
        for form in page.forms:
            key = name, route_of(form.action), form.asks()
            if key not in self.sent:
                self.forms[key] = form
        return page

    def send(self, who, *, ends=False):
        """Sends what was found and not sent yet: all of it hostile, then with names that there are."""
        for key, form in sorted(self.forms.items(), key=lambda one: not one[1].typed()):
            name, route, _ = key
            if name in who and key not in self.sent and bool(ENDS.search(route or "")) == ends:
                self.sent.add(key)
                self.client.force_login(self.folk[name])
                for words in (hostile, likely):
                    for button in form.buttons or [None]:
                        self.post(name, form, words, button)

    def post(self, name, form, words, button):
        sent = form.filled(words) | (dict([button]) if button else {})
        for one in form.fields:
            if one.kind == "file":
                sent[one.name] = SimpleUploadedFile(WORDS, b"%PDF-1.7\n")
        self.look(name, form.action, self.client.post(form.action, sent))

    def speak(self):
        """Sends a draft to where its script sends it."""
        self.client.force_login(self.folk["ann"])
        draft = next(
            form for form in self.forms.values() if {"title", "question"} <= set(form.typed())
        )
        for route, about in SCRIPTS.items():
            path = reverse(route, args=[about])
            self.look("ann", path, self.client.post(path, draft.filled(hostile)))


def hostile(name, value):
    return WORDS


def likely(name, value):
    if name == "policy":
        return f"{value}\n# {WORDS}\n"
    return value + WORDS if name == "body" else NAMES.get(name, WORDS)


def route_of(path):
    try:
        return resolve(path.split("?")[0]).route
    except Resolver404:
        return None


def columns_with(words):
    """Names the columns of the database in which the words stand."""
    return {
        f"{model.__name__}.{column.name}"
        for model in apps.get_models()
        for column in model._meta.get_fields()
        if isinstance(column, (models.CharField, models.TextField))
        and model.objects.filter(**{f"{column.name}__contains": words}).exists()
    }


@pytest.fixture
def walk(client, db, settings):
    settings.APPORTION_CLOCK = lambda: NOW
    client.raise_request_exception = False
    return Walk(client, full_lab.fill_office()["folk"])


def unseen(walk):
    """Names the addresses that take a form and were sent none."""
    met = {route for _, route, _ in walk.sent}
    met |= {resolve(reverse(name, args=[about])).route for name, about in SCRIPTS.items()}
    return {
        name
        for name, route, _ in OURS
        if route not in met and walk.client.post(sample(route)).status_code != 405
    }


def test_html_and_formulas_in_every_text_field_stay_words_on_pages_and_in_files(walk):
    for name in ("ann", "bob", "rev", "ops"):
        walk.crawl([name])
        walk.send([name])
    walk.speak()
    eve, ron = walk.folk["eve"], add_person(username="ron", name="Ron", roles=["reviewer"])
    for row in Request.objects.filter(round__slug="spring", state="submitted"):
        write_opinion(request=row, by=ron, score_hundredths=400, now=NOW)
    propose_slate(row=row.round, by=eve, now=NOW)
    for names in (["eve", "mia"], ["eve"]):
        walk.crawl(names)
        walk.send(names)
    slate = propose_slate(row=row.round, by=eve, now=NOW)
    adopt_slate(slate=slate, by=eve, now=NOW, hold=True)
    for name in ("eve", "ann"):
        walk.crawl([name])
        walk.send([name])
    walk.send(walk.folk, ends=True)
    walk.crawl(["ann", "eve", "aud"], files=True)
    assert dict(walk.bad) == {}
    assert set(STORED.split()) - columns_with("script>alert") == set()
    assert unseen(walk) == set(UNSEEN)
