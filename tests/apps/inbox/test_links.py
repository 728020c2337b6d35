"""Whatever waits for somebody leads to the page where it can be done, by them, there and then."""

import re
from datetime import timedelta
from fractions import Fraction

import pytest

from apportion.apps.appeal.actions import chase_appeals
from apportion.apps.apply.drafts import ask_to_read
from apportion.apps.apply.fast_checks import draw_checks
from apportion.apps.apply.queries import find_project, find_request
from apportion.apps.change.actions import ask_change
from apportion.apps.decide.actions import propose_slate
from apportion.apps.decide.signing import ask_signers
from apportion.apps.directive.actions import draft_directive, make_preview
from apportion.apps.inbox.queries import inbox_of
from apportion.apps.people.actions import add_person
from apportion.apps.people.models import Person
from apportion.apps.report.models import Alert
from apportion.apps.review.actions import assign_reviewer, decline_opinion, write_opinion
from apportion.core.change.asking import What, Wish
from tests.apps.directive.lab import RED_POLICY, START, TERMS, board, spend
from tests.apps.pages import Text, visit
from tests.apps.small_lab import GPU, HOUR, NOW
from tests.browser.conftest import office as _office

office = _office
pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
# What a person finds on the page: a button or link with one of these words, for each kind and act.
DOES = {
    ("draft", "Finish it"): "Submit request",
    ("draft", "Read it"): "Submit request",
    ("review", "Read and score"): "Give my opinion",
    ("reply", "Read and reply"): "Send",
    ("panel", "Look at the panel"): "Who reads what",
    ("sign", "Read and sign"): "Sign",
    ("sign", "Read the preview"): "Sign",
    ("decide", "Open the board"): "Propose",
    ("decision", "Read why"): "The letter|Requested",
    ("appeal", "Decide it"): "ruling",
    ("appeal", "Name a decider"): "Name",
    ("change", "Answer it"): "Grant",
    ("change", "Agree or not"): "Agree",
    ("winddown", "Confirm or reply"): "Confirm|Reply",
    ("progress", "File it"): "File",
    ("alert", "Look and say so"): "Seen",
    ("check", "Look at them"): "Rightly granted",
}

IN_TIME = {("progress", "File it"), ("sign", "Read the preview")}


def follow_all(client, settings, now):
    """Follows every link of everybody's inbox as that person; gives the kinds that were met."""
    settings.APPORTION_CLOCK = lambda: now
    met, dead = set(), []
    for person in Person.objects.order_by("pk"):  # anew: roles may have changed
        for one in inbox_of(person, now=now):
            page = visit(client, person, one.path)
            main = page.content.decode().partition("<main")[2]
            told = " ".join(Text(main).words)
            met.add((one.kind, one.act))
            if page.status_code != 200 or not re.search(DOES[one.kind, one.act], told):
                dead.append((str(person), one.kind, one.act, one.path, page.status_code))
    assert dead == []
    return met


def test_every_link_of_every_inbox_leads_to_where_it_can_be_done(client, office, settings):
    folk, spring, rows = office["folk"], office["spring"], office["rows"]
    zoe = add_person(username="zoe", name="Zoe", roles=["reviewer"])
    draw_checks(requests=[rows[0]], seed="s", share=Fraction(1), now=NOW)
    assign_reviewer(request=rows[1], reviewer=zoe, now=NOW)
    decline_opinion(request=rows[1], by=zoe, reason="No time", now=NOW)
    older = find_project("older")
    older.lead = folk["bob"]
    older.save()
    wish = Wish(what=What.TRANSFER, project="elder", resource=GPU, amount=HOUR, other="older")
    ask_change(wish=wish, why="They need it.", by=folk["ann"], now=NOW)
    more = {"resource": GPU, "period": "winter", "kind": "50", "given": 40, "left": 10}
    Alert.objects.create(project=older, raised_at=NOW, **more)
    draft = find_request("spring-draft")
    ask_to_read(row=draft, person=folk["bob"], words="", by=folk["ann"], now=NOW)
    met = follow_all(client, settings, NOW)
    folk["mia"].roles.all().delete()  # so that the appeal is short of deciders
    chase_appeals(now=NOW)
    met |= follow_all(client, settings, NOW + 15 * DAY)
    write_opinion(request=office["waiting"], by=folk["rev"], score_hundredths=500, now=NOW)
    slate = propose_slate(row=spring, by=folk["eve"], now=NOW + 15 * DAY)
    ask_signers(slate=slate, people=[folk["eve"]], by=folk["eve"], now=NOW + 15 * DAY)
    met |= follow_all(client, settings, NOW + 16 * DAY)
    assert set(DOES) - met == IN_TIME


def test_what_time_and_directives_bring_leads_to_where_it_can_be_done(client, folk, settings):
    spend(folk, RED_POLICY + "[changes]\nreport_days = 30\ngrace_days = 5\n")
    board()
    draft_directive(toml=TERMS, by=folk["eve"], now=START)
    make_preview(ref="red-1", by=folk["eve"], now=START)
    met = follow_all(client, settings, START)
    met |= follow_all(client, settings, NOW + 61 * DAY)
    assert met >= IN_TIME
