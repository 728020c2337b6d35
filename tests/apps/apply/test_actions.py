"""A request is drafted, checked, submitted; and refused with a remedy when it cannot be."""

from datetime import timedelta

import pytest

from apportion.apps.apply.actions import (
    Wish,
    add_member,
    reopen_request,
    save_draft,
    start_project,
    submit_request,
    withdraw_request,
)
from apportion.apps.rounds.queries import find_area
from apportion.core.refusals import Code, Refused
from tests.apps.small_lab import GPU, HOUR, NOW, file_request

GOOD = Wish(title="Depth", question="Does depth help?", amounts={GPU: (10 * HOUR, 40 * HOUR)})


@pytest.fixture
def project(folk, spring):
    return start_project(
        slug="depth", title="Depth", area=find_area("foundations"), lead=folk["ann"], now=NOW
    )


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


def draft(spring, project, by, wish=GOOD, **more):
    return save_draft(round_row=spring, project=project, wish=wish, by=by, now=NOW, **more)


def test_a_request_is_submitted_with_its_minimum_and_ask(folk, spring, project):
    row = submit_request(row=draft(spring, project, folk["ann"]), by=folk["ann"], now=NOW)
    amount = row.amounts.get()
    assert (row.ref, row.state) == ("spring-1", "submitted")
    assert (amount.minimum, amount.ask) == (10 * HOUR, 40 * HOUR)


def test_a_draft_is_saved_again_under_the_same_reference(folk, spring, project):
    row = draft(spring, project, folk["ann"])
    wish = Wish(title="Deeper", question="Still?", amounts={GPU: (HOUR, 2 * HOUR)})
    again = draft(spring, project, folk["ann"], wish, ref=row.ref)
    assert (again.pk, again.title, again.amounts.get().ask) == (row.pk, "Deeper", 2 * HOUR)


def test_a_member_may_file_and_a_stranger_may_not(folk, spring, project):
    with pytest.raises(Refused) as error:
        draft(spring, project, folk["bob"])
    assert codes(error) == [Code.NOT_ALLOWED]
    add_member(project=project, person=folk["bob"])
    assert draft(spring, project, folk["bob"]).author == folk["bob"]


@pytest.mark.parametrize("who", ["rev", "eve", "ops", "aud"])
def test_only_researchers_file(folk, spring, project, who):
    add_member(project=project, person=folk[who])
    with pytest.raises(Refused) as error:
        draft(spring, project, folk[who])
    assert codes(error) == [Code.NOT_ALLOWED]


def test_a_minimum_above_the_ask_is_refused_and_nothing_is_kept(folk, spring, project):
    wish = Wish(title="Odd", question="?", amounts={GPU: (50 * HOUR, 40 * HOUR)})
    with pytest.raises(Refused) as error:
        draft(spring, project, folk["ann"], wish)
    assert codes(error) == [Code.MINIMUM_ABOVE_ASK]
    assert not spring.requests.exists()


def test_an_empty_draft_can_be_kept_but_not_submitted(folk, spring, project):
    row = draft(spring, project, folk["ann"], Wish(title="", question=""))
    with pytest.raises(Refused) as error:
        submit_request(row=row, by=folk["ann"], now=NOW)
    assert codes(error) == [Code.NOTHING_ASKED, Code.INCOMPLETE]
    row.refresh_from_db()
    assert row.state == "draft"


def test_a_minimum_that_the_pool_cannot_meet_is_refused_before_review(folk, spring, project):
    wish = Wish(title="Big", question="?", amounts={GPU: (101 * HOUR, 200 * HOUR)})
    with pytest.raises(Refused) as error:
        submit_request(row=draft(spring, project, folk["ann"], wish), by=folk["ann"], now=NOW)
    assert codes(error) == [Code.OUT_OF_RANGE]


def test_nothing_is_filed_after_the_closing_hour(folk, spring, project):
    late = NOW + timedelta(days=7)
    with pytest.raises(Refused) as error:
        save_draft(round_row=spring, project=project, wish=GOOD, by=folk["ann"], now=late)
    assert codes(error) == [Code.ROUND_NOT_OPEN]


def test_a_submitted_request_is_changed_only_after_it_was_taken_back(folk, spring, project):
    row = submit_request(row=draft(spring, project, folk["ann"]), by=folk["ann"], now=NOW)
    with pytest.raises(Refused) as error:
        draft(spring, project, folk["ann"], ref=row.ref)
    assert codes(error) == [Code.WRONG_STATE]
    assert reopen_request(row=row, by=folk["ann"], now=NOW).state == "draft"


def test_a_withdrawn_request_stays_withdrawn(folk, spring):
    row = withdraw_request(row=file_request(spring, folk["ann"], "gone"), by=folk["ann"], now=NOW)
    with pytest.raises(Refused) as error:
        submit_request(row=row, by=folk["ann"], now=NOW)
    assert codes(error) == [Code.WRONG_STATE]


def test_references_go_on_counting(folk, spring):
    refs = [file_request(spring, folk["ann"], f"p{n}").ref for n in range(3)]
    assert refs == ["spring-1", "spring-2", "spring-3"]


@pytest.mark.parametrize("slug", ["", "with space", "../up", "a" * 200, "ümlaut"])
def test_a_project_needs_a_slug_that_can_be_an_id(folk, spring, slug):
    area = find_area("foundations")
    with pytest.raises(Refused) as error:
        start_project(slug=slug, title="X", area=area, lead=folk["ann"], now=NOW)
    assert codes(error) == [Code.OUT_OF_RANGE]
