"""Standing tells everybody how areas were treated, and nobody about a few people of others."""

import json
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from apportion.apps.decide.models import Award, Decision, Slate
from apportion.apps.decide.standings import told_requests
from apportion.apps.rounds.models import ResourceKind
from tests.apps.pages import crowd, heading, read, visit
from tests.apps.small_lab import GPU, NOW, file_request
from tests.office.test_cli import run


@pytest.fixture(autouse=True)
def today(settings):
    settings.APPORTION_CLOCK = lambda: NOW


def decide(rows, by, *, published=True):
    """Decides requests by hand: each third in full, in part, or not yet."""
    slate = Slate.objects.create(
        round=rows[0].round,
        number=1,
        document="{}",
        sha256="",
        snapshot_sha256="",
        proposed_by=by,
        proposed_at=NOW,
    )
    resource = ResourceKind.objects.get(code=GPU)
    for number, row in enumerate(rows):
        outcome = ("full", "partial", "not_yet")[number % 3]
        decision = Decision.objects.create(
            slate=slate,
            request=row,
            outcome=outcome,
            published_at=NOW if published else None,
            reasons=[],
            reason_count=1,
            counterfactuals=[],
            counterfactual_count=1,
        )
        amount = row.amounts.get()
        awarded = {"full": amount.ask, "partial": amount.minimum, "not_yet": 0}[outcome]
        Award.objects.create(
            decision=decision,
            resource=resource,
            minimum=amount.minimum,
            ask=amount.ask,
            amount=awarded,
        )


@pytest.fixture
def rows(folk, spring):
    asks = [("foundations", "ann", n) for n in range(9)] + [("assistant", "bob", n) for n in (1, 2)]
    return [file_request(spring, folk[who], f"{area[:3]}{n}", area=area) for area, who, n in asks]


def names(client, person):
    body = json.loads(visit(client, person, "/standing.json").content)
    return [one["name"] for one in body["standing"]], body["withheld"]


def test_the_board_reads_every_area_and_others_no_small_one(client, folk, rows):
    decide(rows, folk["eve"])
    assert names(client, folk["eve"]) == (["foundations", "assistant"], 0)
    assert names(client, folk["rev"]) == (["(others)"], 0)
    assert names(client, folk["bob"]) == (["bob", "(others)"], 0)
    assert "Small areas together" in read(visit(client, folk["rev"], "/standing/"))


def test_one_reads_ones_own_standing_beside_the_others(client, folk, rows):
    decide(rows, folk["eve"])
    page = visit(client, folk["ann"], "/standing/")
    assert heading(page) == "6 of your 9 requests were granted."
    own = heading(visit(client, folk["bob"], "/standing/"))
    assert own == "2 of your 2 requests were granted; of the others’, 67%."
    row = json.loads(visit(client, folk["ann"], "/standing.json").content)["standing"][0]
    assert (row["approved"], row["asked"], row["awarded"]) == ("0.6667", "360.00", "150.00")
    assert row["approved_others"] is None  # of two requests of one other person
    assert float(row["approved_low"]) < 0.6667 < float(row["approved_high"])


def test_nothing_is_told_before_it_is_published(client, folk, rows):
    decide(rows, folk["eve"], published=False)
    assert heading(visit(client, folk["ann"], "/standing/")) == "Nothing is decided yet."


def test_standing_takes_few_statements_whatever_the_size(
    client, folk, django_assert_max_num_queries
):
    crowd(folk, total=1000, pending=100)
    client.force_login(folk["eve"])
    with django_assert_max_num_queries(15):
        assert client.get("/standing/").status_code == 200


def test_requests_are_counted_as_one_by_one_whatever_the_clock_said(folk, rows):
    decide(rows, folk["eve"])
    rng, counted = Random(3), Counter()
    spans = [timedelta(days=1), timedelta(0), timedelta(days=-1), timedelta(microseconds=-1)]
    spans += [timedelta(days=2, microseconds=-1), timedelta(hours=5, microseconds=999_999)]
    for row in rows:
        told_at = NOW - timedelta(seconds=rng.randrange(99_999), microseconds=rng.choice((0, 7)))
        row.submitted_at = told_at - rng.choice([*spans, timedelta(seconds=rng.random() * 10**7)])
        row.save()
        Decision.objects.filter(request=row).update(published_at=told_at)
        waited = (told_at - row.submitted_at).days
        place = row.project.area.slug, row.author == folk["ann"], row.decision.outcome, waited
        counted[place] += 1
    told = told_requests(folk["ann"], now=NOW)
    found = {(one.area, one.mine, one.outcome, one.waited_days): one.requests for one in told}
    assert found == counted


def test_standing_is_listed_in_the_shell_of_a_round_or_of_all(capfd, client, folk, rows):
    decide(rows, folk["eve"])
    code, out, _ = run(capfd, "standing", "--as", "eve", "--json", "-o", "name,requests,approved")
    assert code == 0
    assert json.loads(out)[1] == {"name": "assistant", "requests": 2, "approved": "1.0000"}
    assert run(capfd, "standing", "spring", "--areas", "--csv")[1].startswith("name,asked")
    assert run(capfd, "standing")[0] == 2
    assert visit(client, folk["aud"], "/standing.csv").content.startswith(b"name,requests,asked")
