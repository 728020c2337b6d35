"""Drafts that are saved as one types: no save loses a word of anybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from apportion.apps.apply.actions import start_draft, start_project, submit_request
from apportion.apps.apply.drafts import (
    ask_to_read,
    compare_versions,
    content_of,
    keep_words,
    versions_of,
)
from apportion.apps.apply.models import Request, Version
from apportion.apps.inbox.queries import inbox_of
from apportion.apps.people.actions import add_person
from apportion.apps.rounds.queries import find_area
from apportion.core.refusals import Code, Refused
from tests.apps.pages import read, visit
from tests.apps.small_lab import GPU, HOUR, NOW, open_spring, people

pytestmark = pytest.mark.django_db
WRITTEN = {
    "title": "Depth",
    "question": "Does depth help?",
    f"minimum:{GPU}": "5",
    f"ask:{GPU}": "9",
}


def begin(spring, ann, **content):
    project = start_project(
        slug="depth", title="Depth", area=find_area("foundations"), lead=ann, now=NOW
    )
    return start_draft(
        round_row=spring, project=project, content={**WRITTEN, **content}, by=ann, now=NOW
    )


@pytest.fixture
def draft(folk, spring):
    return begin(spring, folk["ann"])


def save(row, by, base, **content):
    return keep_words(row=row, content=content, base=base, by=by, now=NOW + timedelta(minutes=1))


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


def test_a_save_is_a_version_and_the_columns_follow(folk, draft):
    saved = save(draft, folk["ann"], 1, question="Does depth help at 1B?")
    assert (saved.row.version, saved.row.question) == (2, "Does depth help at 1B?")
    assert saved.row.amounts.get().ask == 9 * HOUR


def test_a_save_that_changes_nothing_is_no_version(folk, draft):
    assert save(draft, folk["ann"], 1, title="Depth").row.version == 1


def test_half_typed_amounts_are_kept_as_words_and_no_number_is_made_of_them(folk, draft):
    saved = save(draft, folk["ann"], 1, **{f"ask:{GPU}": "1e"})
    assert content_of(saved.row)[f"ask:{GPU}"] == "1e"
    assert not saved.row.amounts.exists()
    with pytest.raises(Refused) as error:
        submit_request(row=saved.row, by=folk["ann"], now=NOW)
    assert Code.OUT_OF_RANGE in codes(error)


def test_two_tabs_that_change_different_fields_are_joined(folk, draft):
    save(draft, folk["ann"], 1, title="Depth, deeper")
    saved = save(draft, folk["ann"], 1, title="Depth", question="And width?")
    assert (saved.merged, saved.clashes) == (True, ())
    assert (saved.row.title, saved.row.question) == ("Depth, deeper", "And width?")


def test_two_tabs_that_change_the_same_field_lose_neither_text(folk, draft):
    save(draft, folk["ann"], 1, question="From the first tab")
    saved = save(draft, folk["ann"], 1, question="From the second tab")
    (clash,) = saved.clashes
    assert (clash.theirs, clash.mine) == ("From the first tab", "From the second tab")
    assert saved.row.question == "From the first tab"
    aside = Version.objects.get(request=draft, set_aside=True)
    assert aside.content["question"] == "From the second tab"
    chosen = save(draft, folk["ann"], saved.row.version, question=clash.mine)
    assert chosen.row.question == "From the second tab"


def test_a_draft_goes_on_being_kept_after_the_deadline_and_is_not_submitted(folk, spring, draft):
    late = spring.requests_close_at + timedelta(seconds=1)
    saved = keep_words(row=draft, content={"title": "Late"}, base=1, by=folk["ann"], now=late)
    with pytest.raises(Refused) as error:
        submit_request(row=saved.row, by=folk["ann"], now=late)
    assert codes(error) == [Code.ROUND_NOT_OPEN]
    assert "The draft is kept for the next one." in str(error.value)
    draft.refresh_from_db()
    assert (draft.state, draft.title) == ("draft", "Late")


def test_the_remedy_of_a_late_submit_names_the_round_that_is_open(folk, spring, draft):
    open_spring(folk["eve"], slug="later")
    spring.requests_close_at = NOW
    spring.save()
    with pytest.raises(Refused) as error:
        submit_request(row=Request.objects.get(), by=folk["ann"], now=NOW)
    assert "The draft is kept; move it into later, which is open." in str(error.value)


def test_a_co_author_writes_too_and_a_stranger_does_not(folk, draft):
    row = save(draft, folk["ann"], 1, co_authors="bob, nobody").row
    assert save(row, folk["bob"], 2, title="Ours").row.title == "Ours"
    cat = add_person(username="cat", name="Cat", roles=["researcher"])
    with pytest.raises(Refused) as error:
        save(row, cat, 3, title="Mine")
    assert codes(error) == [Code.NOT_ALLOWED]


def test_words_beyond_all_measure_are_refused_whole(folk, draft):
    with pytest.raises(Refused) as error:
        save(draft, folk["ann"], 1, question="x" * 20_001, title="y")
    assert codes(error) == [Code.OUT_OF_RANGE]
    draft.refresh_from_db()
    assert draft.title == "Depth"


def test_versions_are_compared_field_by_field(folk, draft):
    save(draft, folk["ann"], 1, question="Does width help?")
    (change,) = compare_versions(draft, 1, 2)
    assert (change.field, change.before) == ("question", "Does depth help?")
    assert [one.number for one in versions_of(draft)] == [2, 1]
    with pytest.raises(Refused) as error:
        compare_versions(draft, 1, 9)
    assert codes(error) == [Code.NOT_FOUND]


def test_every_step_says_who_did_what_and_when(folk, draft):
    submit_request(row=draft, by=folk["ann"], now=NOW)
    told = [(step.verb, step.by.username, step.at) for step in draft.steps.all()]
    assert told == [("draft", "ann", NOW), ("submit", "ann", NOW)]


@pytest.mark.django_db(transaction=True)
def test_two_hundred_who_save_at_once_lose_nothing():
    folk = people()
    spring = open_spring(folk["eve"])
    draft = begin(spring, folk["ann"])
    names = [f"answer:q{n}" for n in range(200)]

    def one(number):
        try:
            keep_words(
                row=draft,
                content={names[number]: f"word {number}", "if_minimum": f"tab {number}"},
                base=1,
                by=folk["ann"],
                now=NOW,
            )
        finally:
            connections.close_all()

    workers = 8 if connection.vendor == "sqlite" else 16
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(200)))
    standing = content_of(Request.objects.get())
    assert [standing[name] for name in names] == [f"word {n}" for n in range(200)]
    kept = {v.content["if_minimum"] for v in Version.objects.exclude(number=1)}
    assert kept == {f"tab {n}" for n in range(200)}  # where they clashed, set aside


def test_a_colleague_who_is_asked_to_read_finds_it_waiting_and_writes_it_too(client, folk, draft):
    page = visit(client, folk["ann"], f"/requests/{draft.ref}/edit/")
    assert "Ask a colleague to read it" in read(page)
    visit(client, folk["ann"], f"/requests/{draft.ref}/ask/", reader="bob", words="Is 5 h enough?")
    waits = inbox_of(folk["bob"], now=NOW)
    assert [(one.words, one.act) for one in waits] == [
        ("Ann asks you to read Depth, for Spring: Is 5 h enough?", "Read it")
    ]
    assert visit(client, folk["bob"], waits[0].path).status_code == 200
    written = content_of(Request.objects.get(pk=draft.pk)) | {"question": "Enough."}
    assert save(draft, folk["bob"], 2, **written).row.question == "Enough."
    assert [(step.verb, step.note) for step in draft.steps.filter(verb="ask")] == [
        ("ask", "Bob: Is 5 h enough?")
    ]


def test_nobody_is_asked_to_read_who_is_not_there_or_wrote_it_or_may_file_nothing(
    client, folk, draft
):
    for reader, code in (("nobody", 422), ("ann", 422), ("rev", 422), ("bob", 302)):
        answer = visit(client, folk["ann"], f"/requests/{draft.ref}/ask/", reader=reader)
        assert answer.status_code == code, reader
    assert visit(client, folk["eve"], f"/requests/{draft.ref}/ask/", reader="bob").status_code in {
        403,
        404,
    }
    assert [one.person for one in draft.co_authors.all()] == [folk["bob"]]


def test_asking_keeps_what_stands_and_asks_anew_when_repeated(folk, draft):
    for words in ("One", "Two"):
        ask_to_read(row=draft, person=folk["bob"], words=words, by=folk["ann"], now=NOW)
    kept = Request.objects.get(pk=draft.pk)
    assert content_of(kept)["question"] == WRITTEN["question"]
    assert content_of(kept)["co_authors"] == "bob"
    assert kept.co_authors.get().words == "Two"
    with pytest.raises(Refused):
        ask_to_read(row=draft, person=folk["bob"], words="x" * 281, by=folk["ann"], now=NOW)
