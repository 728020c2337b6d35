"""What is adopted is told at one instant and not a moment before; single outcomes may wait for a day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from apportion.apps.apply.actions import withdraw_request
from apportion.apps.apply.queries import find_request
from apportion.apps.decide.actions import adopt_slate
from apportion.apps.decide.letters import save_template
from apportion.apps.decide.models import Decision, FormerDecision, HeldBack, Letter
from apportion.apps.decide.outcomes import outcome_of
from apportion.apps.decide.publishing import (
    hold_back,
    plan_publication,
    publish_slate,
    supersede_decision,
)
from apportion.apps.decide.queries import latest_slate
from apportion.apps.grant.actions import publish_due, publish_round
from apportion.apps.grant.models import Grant
from apportion.apps.ledger.audit import audit_books
from apportion.core.faults import BadInput
from apportion.core.letters import LetterKind, Template
from apportion.core.refusals import Code, Refused
from tests.apps.decide.board import LATER, codes, crowded_round, more_board
from tests.apps.pages import HOSTILE, Text, heading, read, visit

PUBLISH = "/rounds/spring/publish/"
WEEK = timedelta(days=7)
DENIED = "spring-4"
PUBLIC = (
    "/rounds/spring/",
    "/rounds/spring/requests/",
    "/rounds/spring/requests.csv",
    "/rounds/spring/requests.json",
    "/mine/requests/",
    f"/requests/{DENIED}/",
    f"/requests/{DENIED}/outcome/",
    "/requests/spring-1/outcome/",
    "/record/",
    "/record/record.json",
)
TELLING = ("not yet.", "granted in", "granted at", "pill good", "nearest way", 'outcome":')


@pytest.fixture
def spring(folk):
    return crowded_round(folk)


@pytest.fixture
def adopted(folk, spring):
    adopt_slate(slate=latest_slate(spring), by=folk["eve"], now=LATER, hold=True)
    spring.refresh_from_db()
    return spring


def publish(row, folk, now=LATER):
    return publish_slate(row=row, by=folk["eve"], now=now)


def test_no_page_and_no_file_tells_an_applicant_before_it_is_published(
    client, folk, spring, settings
):
    settings.APPORTION_CLOCK = lambda: LATER
    before = {path: visit(client, folk["ann"], path).content.decode() for path in PUBLIC}
    adopt_slate(slate=latest_slate(spring), by=folk["eve"], now=LATER, hold=True)
    for path in PUBLIC:
        page = visit(client, folk["ann"], path)
        text = page.content.decode()
        if path.endswith(("requests.csv", "requests.json")):
            assert text == before[path]
        if "/requests/" in path:
            assert heading(page) == " ".join(Text(before[path]).headings).strip()
        old, new = before[path].lower(), text.lower()
        assert [word for word in TELLING if word in new and word not in old] == []
    assert Decision.objects.count() == Letter.objects.count() == Grant.objects.count() == 0
    assert heading(client.get(f"/requests/{DENIED}/outcome/")) == "It is being decided."


def test_all_of_it_is_told_and_paid_at_one_instant(client, folk, adopted, settings):
    settings.APPORTION_CLOCK = lambda: LATER
    told, grants = publish_round(row=adopted, by=folk["eve"], now=LATER)
    assert (told, len(grants)) == (4, 3)
    assert set(Decision.objects.values_list("published_at", flat=True)) == {LATER}
    assert heading(visit(client, folk["ann"], f"/requests/{DENIED}/outcome/")) == "Not yet."
    adopted.refresh_from_db()
    assert adopted.state == "decided"
    assert audit_books().differences == ()


def test_publishing_twice_tells_nobody_twice(folk, adopted):
    publish(adopted, folk)
    with pytest.raises(Refused) as error:
        publish(adopted, folk)
    assert codes(error) == [Code.ALREADY_DONE]
    assert Letter.objects.count() == 4


def test_what_is_held_back_waits_for_its_day_and_is_then_told_and_paid_by_itself(
    client, folk, adopted
):
    hold_back(
        row=adopted,
        ref="spring-1",
        reason="The partner announces it first",
        until_at=LATER + WEEK,
        by=folk["eve"],
        now=LATER,
    )
    assert publish_round(row=adopted, by=folk["eve"], now=LATER)[0] == 3
    assert outcome_of(find_request("spring-1")) is None
    assert heading(visit(client, folk["ann"], "/requests/spring-1/outcome/")) == (
        "It is being decided."
    )
    assert publish_due(now=LATER + WEEK - timedelta(seconds=1)) == []
    assert publish_due(now=LATER + WEEK) == ["Spring: 1 held decisions published"]
    assert publish_due(now=LATER + WEEK) == []
    assert outcome_of(find_request("spring-1")).outcome == "full"
    assert Grant.objects.count() == 3
    assert HeldBack.objects.get().told_at == LATER + WEEK


def test_holding_back_needs_a_reason_and_a_day_to_come(folk, adopted):
    for reason, days, code in (("", 7, Code.REASON_MISSING), ("x", -1, Code.OUT_OF_RANGE)):
        with pytest.raises(Refused) as error:
            hold_back(
                row=adopted,
                ref="spring-1",
                reason=reason,
                until_at=LATER + timedelta(days=days),
                by=folk["eve"],
                now=LATER,
            )
        assert codes(error) == [code]
    with pytest.raises(IntegrityError), transaction.atomic():
        HeldBack.objects.create(
            slate=latest_slate(adopted),
            request=find_request("spring-1"),
            reason="",
            until_at=LATER,
            by=folk["eve"],
            at=LATER,
        )


def test_an_embargo_ends_by_itself(folk, adopted):
    plan_publication(row=adopted, at=LATER + WEEK, by=folk["eve"], now=LATER)
    assert publish_due(now=LATER) == []
    assert publish_due(now=LATER + WEEK) == ["Spring: 4 held decisions published"]


def test_what_was_withdrawn_meanwhile_is_not_decided_and_its_award_stays_in_the_pool(folk, adopted):
    withdraw_request(row=find_request("spring-1"), by=folk["ann"], now=LATER)
    told, grants = publish_round(row=adopted, by=folk["eve"], now=LATER)
    assert (told, len(grants)) == (3, 2)
    assert audit_books().differences == ()


def test_each_letter_says_why_what_would_change_it_and_until_when_to_appeal(folk, adopted):
    publish(adopted, folk)
    letter = Letter.objects.get(decision__request__ref=DENIED)
    decision = letter.decision
    assert letter.person == folk["ann"]
    assert letter.kind == "not_yet"
    assert "Delta: not yet" in letter.subject
    assert decision.reasons[0]["text"][:30] in letter.body
    assert "6 April 2026" in letter.body
    assert letter.sent_at is None


def test_a_letter_stays_as_it_was_written_whatever_becomes_of_its_template(folk, adopted):
    publish(adopted, folk)
    before = Letter.objects.get(decision__request__ref=DENIED).body
    words = "No: {reasons} {ways} {appeal_until}"
    template = Template(kind=LetterKind.NOT_YET, subject="New", body=words)
    save_template(template=template, by=folk["eve"], now=LATER)
    assert Letter.objects.get(decision__request__ref=DENIED).body == before


def test_a_template_is_edited_on_its_page_and_one_that_hides_the_reason_is_refused(
    client, folk, adopted
):
    path = "/letters/not_yet/"
    bad = visit(client, folk["eve"], path, subject="No", body="No. {secret}")
    assert bad.status_code == 422
    assert "leaves out what it must tell" in read(bad)
    good = "Dear {name}: {reasons} {ways} {appeal_until} " + HOSTILE.replace("{y}", "y").replace(
        "{", "("
    ).replace("}", ")")
    assert visit(client, folk["eve"], path, subject="No", body=good).status_code == 302
    page = client.get(f"/rounds/spring/letters/{DENIED}/")
    assert "Dear Ann:" in read(page)
    assert "<script>alert" not in page.content.decode()
    assert visit(client, folk["ann"], path).status_code == 403
    with pytest.raises(BadInput):
        save_template(
            template=Template(kind=LetterKind.AWARD, subject="x", body="y"),
            by=folk["eve"],
            now=LATER,
        )


def test_the_page_publishes_holds_back_and_lets_go(client, folk, adopted, settings):
    settings.APPORTION_CLOCK = lambda: LATER
    page = visit(client, folk["eve"], PUBLISH)
    assert heading(page) == "4 letters are ready, and nobody was told yet."
    client.post(PUBLISH, {"act": "hold", "ref": "spring-1", "until": "2026-06-01", "why": "x"})
    assert "held until 1 Jun" in read(client.get(PUBLISH))
    client.post(PUBLISH, {"act": "release", "ref": "spring-1"})
    client.post(PUBLISH, {"act": "hold", "ref": "spring-1", "until": "tomorrow", "why": "x"})
    assert "Not a day" in read(client.get(PUBLISH))
    client.post(PUBLISH, {"act": "publish"})
    assert heading(client.get(PUBLISH)) == "All 4 were told."
    assert visit(client, folk["aud"], PUBLISH, act="publish").status_code == 302
    assert visit(client, folk["ann"], PUBLISH).status_code == 403


def test_a_stranger_does_not_read_somebody_elses_outcome(client, folk, adopted):
    publish(adopted, folk)
    assert visit(client, folk["bob"], f"/requests/{DENIED}/outcome/").status_code == 403
    assert visit(client, folk["eve"], f"/requests/{DENIED}/outcome/").status_code == 200


def test_only_a_child_of_the_slate_in_force_takes_its_place_and_by_other_people(folk, adopted):
    publish(adopted, folk)
    (mo,) = more_board("mo")
    slate = latest_slate(adopted)
    with pytest.raises(Refused) as error:
        supersede_decision(slate=slate, ref=DENIED, why="New facts", by=mo, now=LATER)
    assert codes(error) == [Code.STALE_PARENT]
    assert not FormerDecision.objects.exists()
