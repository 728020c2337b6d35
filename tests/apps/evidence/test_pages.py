"""What applicants and boards see of an experiment: the chance to see the effect, and each decision."""

import pytest

from apportion.apps.decide.actions import propose_slate
from apportion.apps.evidence.consents import answer_offer, offer_less, open_offer
from apportion.apps.evidence.queries import consents_of, find_experiment
from apportion.apps.grant.tranches import look_at
from apportion.core.refusals import Code, Refused
from tests.apps.evidence.test_staged import run_planned
from tests.apps.evidence.trial import DAY, Trial
from tests.apps.pages import QUERIES_A_PAGE, heading, read, visit
from tests.apps.small_lab import GPU, HOUR, NOW

FOR_EXPERIMENTS = 4  # they, their runs, rates, and what such metrics showed; however many there are
CLEAR = "/rounds/spring/requests/clear/"


@pytest.fixture
def trial(folk, tmp_path, settings):
    settings.APPORTION_CLOCK = lambda: NOW + 10 * DAY
    return Trial(folk, tmp_path)


def test_the_request_form_draws_the_power_of_what_is_being_written(client, trial, folk):
    written = {"project": "memory", "minimum_0": "4", "ask_0": "20"}
    unknown = visit(client, folk["ann"], CLEAR, **written)
    assert "Nobody knows yet" in read(unknown)
    trial.through_pilot(effect=0.02)
    page = visit(client, folk["ann"], CLEAR, **written)
    assert "<svg" in page.content.decode()
    words = read(page)
    assert "Settles it 18 credits" in words
    assert "Ask 100%" in words
    assert "Nobody knows yet" in read(visit(client, folk["bob"], CLEAR, **written))
    garbled = visit(client, folk["ann"], CLEAR, project="memory", minimum_0="x", ask_0="-1")
    assert garbled.status_code == 200


def test_the_board_sees_the_power_of_each_amount(
    client, trial, folk, django_assert_max_num_queries
):
    trial.through_pilot(effect=0.02)
    trial.ask()
    propose_slate(row=trial.spring, by=folk["eve"], now=NOW + 9 * DAY)
    client.force_login(folk["eve"])
    with django_assert_max_num_queries(QUERIES_A_PAGE + FOR_EXPERIMENTS):
        page = client.get("/rounds/spring/decide/")
    assert "Power 86%" in read(page)


def test_an_experiment_page_answers_with_its_verdict_and_numbers(client, trial, folk):
    trial.through_pilot(effect=0.02)
    request = trial.ask()
    assert heading(visit(client, folk["bob"], "/experiments/replay/")) == "Decision."
    trial.decide()
    seen = look_at(row=find_experiment("replay"), by=folk["ann"], now=run_planned(trial, 1, 0.08))
    page = visit(client, folk["bob"], "/experiments/replay/")
    assert heading(page) == "It is shown."
    assert f"{seen.boundary:.2f}" in read(page)
    assert "Returned" in read(page)
    listed = visit(client, folk["aud"], "/experiments/")
    assert heading(listed) == "1 of 1 sufficient awards that ended were conclusive."
    assert "replay" in visit(client, folk["ann"], f"/requests/{request.ref}/").content.decode()
    assert "Validated" in read(visit(client, folk["ann"], "/experiments/"))
    assert "Validated" in read(visit(client, folk["ann"], "/experiments/?project=memory"))
    assert "Validated" not in read(visit(client, folk["ann"], "/experiments/?project=other"))


def test_an_unknown_experiment_is_not_found(client, trial, folk):
    assert visit(client, folk["ann"], "/experiments/nothing/").status_code == 404


def test_less_than_the_minimum_needs_the_applicants_yes_and_says_what_it_can_still_show(
    client, trial, folk
):
    trial.through_pilot(effect=0.02)
    request = trial.ask()
    row = offer_less(
        request=request, resource=GPU, amount=5 * HOUR, why="Short", by=folk["eve"], now=NOW
    )
    assert "5 runs of each arm; 0.02 accuracy would be found with" in row.still_shows
    with pytest.raises(Refused) as error:
        answer_offer(row=row, agrees=True, by=folk["bob"], now=NOW)
    assert [r.code for r in error.value.refusals] == [Code.NOT_ALLOWED]
    page = visit(client, folk["ann"], f"/requests/{request.ref}/")
    assert row.still_shows in read(page)
    visit(client, folk["ann"], f"/requests/{request.ref}/consent/", agree="1")
    assert request.amounts.get().minimum == 5 * HOUR
    [kept] = consents_of(request)
    assert (kept.answer, kept.before, kept.answered_by) == ("agreed", 9 * HOUR, folk["ann"])


def test_declined_the_minimum_stays_and_another_offer_can_be_made(trial, folk):
    trial.through_pilot(effect=0.02)
    request = trial.ask()
    terms = {"request": request, "resource": GPU, "by": folk["eve"], "now": NOW}
    offer_less(amount=5 * HOUR, why="Short", **terms)
    with pytest.raises(Refused) as error:
        offer_less(amount=6 * HOUR, why="Short", **terms)
    assert [r.code for r in error.value.refusals] == [Code.ALREADY_DONE]
    answer_offer(row=open_offer(request), agrees=False, by=folk["ann"], now=NOW)
    assert request.amounts.get().minimum == 9 * HOUR
    offer_less(amount=6 * HOUR, why="Short", **terms)


@pytest.mark.parametrize(
    ("amount", "why", "code"),
    [
        (9 * HOUR, "Short", Code.OUT_OF_RANGE),
        (0, "Short", Code.OUT_OF_RANGE),
        (5 * HOUR, " ", Code.REASON_MISSING),
    ],
)
def test_an_offer_is_refused_when_it_is_none_or_has_no_reason(trial, folk, amount, why, code):
    trial.through_pilot(effect=0.02)
    request = trial.ask()
    with pytest.raises(Refused) as error:
        offer_less(request=request, resource=GPU, amount=amount, why=why, by=folk["eve"], now=NOW)
    assert [r.code for r in error.value.refusals] == [code]
