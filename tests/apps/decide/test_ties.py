"""The seed is promised before scores, told after them, and settles who nobody could tell apart."""

import hashlib
import json
from datetime import timedelta

import pytest

from apportion.apps.decide.actions import adopt_slate, commit_seed, propose_slate, reveal_seed
from apportion.apps.ledger.models import Record
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import write_opinion
from apportion.apps.review.queries import calibration_of
from apportion.apps.rounds.queries import policy_of
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_decision
from apportion.office import cli
from tests.apps.pages import read, visit
from tests.apps.small_lab import NOW, POLICY, file_request, open_spring

LATER = NOW + timedelta(days=21)
SEED = "heads or tails"
HASH = hashlib.sha256(SEED.encode()).hexdigest()
BOARD = "/rounds/spring/decide/"
SCORES = {
    "alpha": (9, 8, 9),
    "beta": (6, 8, 5),
    "gamma": (7, 5, 6),
    "delta": (8, 5, 6),
    "eps": (2, 2, 3),
}


def round_of(folk, rule):
    return open_spring(folk["eve"], f"{POLICY}[decide.ties]\ndraws = 60\n{rule}\n")


def file_all(row, folk):
    """Five requests for 40 hours in a pool of 100, three opinions each: the middle ones are close."""
    reviewers = [
        folk["rev"],
        *(add_person(username=n, name=n, roles=["reviewer"]) for n in ("rex", "ria")),
    ]
    for slug, scores in SCORES.items():
        request = file_request(row, folk["ann"], slug, minimum=35, ask=40)
        for reviewer, score in zip(reviewers, scores, strict=True):
            write_opinion(request=request, by=reviewer, score_hundredths=score * 100, now=NOW)


@pytest.fixture
def sealed(folk):
    """A round that draws lots by a seed of which only the hash is known."""
    row = round_of(folk, 'by = "lottery"')
    commit_seed(row=row, sha256=HASH, by=folk["eve"], now=NOW)
    file_all(row, folk)
    return row


def propose(row, folk):
    return propose_slate(row=row, by=folk["eve"], now=LATER)


def adopt(slate, folk, **more):
    return adopt_slate(slate=slate, by=folk["eve"], now=LATER, **more)


def code_of(call, *args, **given):
    with pytest.raises(Refused) as caught:
        call(*args, **given)
    return caught.value.refusals[0].code


def ties_of(slate):
    return json.loads(slate.document)["ties"]


def test_a_sealed_round_shows_the_zone_and_can_not_be_adopted(folk, sealed):
    slate = propose(sealed, folk)
    assert ties_of(slate)["settlement"] == "sealed"
    assert verify_decision(slate.document.encode()).holds
    assert code_of(adopt, slate, folk) is Code.INCOMPLETE


def test_a_revealed_seed_draws_and_what_it_drew_is_adopted(folk, sealed):
    reveal_seed(row=sealed, seed=SEED, by=folk["eve"], now=LATER)
    slate = propose(sealed, folk)
    ties = ties_of(slate)
    assert ties["settlement"] == "drawn"
    order = sorted((lot["request"] for lot in ties["lots"]), key=lambda ref: hashlib.sha256(f"{SEED}\n{ref}".encode()).digest())  # fmt: skip
    assert [lot["request"] for lot in ties["lots"]] == order
    assert len(order) >= 2
    assert adopt(slate, folk).adopted_at == LATER


def test_promise_and_seed_stand_in_the_journal(folk, sealed):
    reveal_seed(row=sealed, seed=SEED, by=folk["eve"], now=LATER)
    reveal_seed(row=sealed, seed=SEED, by=folk["eve"], now=LATER)  # told twice, sealed once
    kinds = list(Record.objects.values_list("kind", flat=True))
    assert kinds.count("seed-hash") == kinds.count("seed") == 1


def test_another_seed_is_refused_and_changes_nothing(folk, sealed):
    for seed in ("heads", SEED + " ", ""):
        code = code_of(reveal_seed, row=sealed, seed=seed, by=folk["eve"], now=LATER)
        assert code is Code.SEED_MISMATCH
    assert policy_of(sealed).is_sealed


def test_no_seed_is_promised_once_an_opinion_is_in_nor_by_two_hashes_nor_by_no_hash(
    folk, sealed, client
):
    late = open_spring(folk["eve"], slug="late", policy=POLICY)
    other = hashlib.sha256(b"x").hexdigest()
    assert (
        code_of(commit_seed, row=late, sha256="short", by=folk["eve"], now=NOW) is Code.OUT_OF_RANGE
    )
    commit_seed(row=late, sha256=HASH, by=folk["eve"], now=NOW)
    commit_seed(row=late, sha256=HASH, by=folk["eve"], now=NOW)
    assert (
        code_of(commit_seed, row=late, sha256=other, by=folk["eve"], now=NOW) is Code.ALREADY_DONE
    )
    assert (
        code_of(commit_seed, row=sealed, sha256=HASH, by=folk["eve"], now=NOW) is Code.WRONG_STATE
    )
    assert code_of(commit_seed, row=late, sha256=HASH, by=folk["ann"], now=NOW) is Code.NOT_ALLOWED
    assert code_of(reveal_seed, row=late, seed=SEED, by=folk["rev"], now=NOW) is Code.NOT_ALLOWED


def test_no_score_changes_once_the_seed_is_known(folk, sealed):
    reveal_seed(row=sealed, seed=SEED, by=folk["eve"], now=LATER)
    request = sealed.requests.first()
    code = code_of(write_opinion, request=request, by=folk["rev"], score_hundredths=900, now=LATER)
    assert code is Code.WRONG_STATE


def test_a_hash_in_the_policy_is_a_promise_too(folk):
    policy = POLICY.replace('tie_seed = "0x1"', f'tie_commitment = "{HASH}"')
    row = open_spring(folk["eve"], f'{policy}[decide.ties]\nby = "lottery"\ndraws = 60\n')
    file_all(row, folk)
    assert code_of(adopt, propose(row, folk), folk) is Code.INCOMPLETE
    assert code_of(reveal_seed, row=row, seed="x", by=folk["eve"], now=LATER) is Code.SEED_MISMATCH
    reveal_seed(row=row, seed=SEED, by=folk["eve"], now=LATER)
    assert adopt(propose(row, folk), folk).adopted_at


def test_a_round_without_a_promise_can_reveal_nothing(folk, spring):
    assert (
        code_of(reveal_seed, row=spring, seed=SEED, by=folk["eve"], now=LATER) is Code.WRONG_STATE
    )


def test_where_people_settle_the_zone_adopting_takes_a_reason_which_is_kept(folk):
    row = round_of(folk, 'by = "people"')
    file_all(row, folk)
    slate = propose(row, folk)
    assert code_of(adopt, slate, folk) is Code.REASON_MISSING
    assert code_of(adopt, slate, folk, tie_reason="  ") is Code.REASON_MISSING
    assert adopt(slate, folk, tie_reason="The panel read them again.").tie_reason
    assert Record.objects.filter(kind="ties", subject="spring/1").count() == 1


def test_a_lottery_that_nobody_promised_a_seed_for_is_not_held(folk):
    row = round_of(folk, 'by = "lottery"')
    file_all(row, folk)
    slate = propose(row, folk)
    assert ties_of(slate)["settlement"] == "engine"
    assert adopt(slate, folk).adopted_at


def test_a_new_opinion_makes_a_drawn_slate_stale(folk, sealed):
    slate = propose(sealed, folk)
    request = sealed.requests.first()
    write_opinion(request=request, by=folk["rev"], score_hundredths=100, now=LATER)
    reveal_seed(row=sealed, seed=SEED, by=folk["eve"], now=LATER)
    assert code_of(adopt, slate, folk) is Code.STALE_PARENT


def test_reviewers_of_a_round_are_a_model(folk, sealed):
    found = calibration_of("spring")
    assert found.opinions == 15
    assert len(found.beliefs) == 5
    assert calibration_of("nowhere").why_not


def test_the_board_shows_odds_the_zone_and_the_promise_and_takes_the_seed(client, folk, sealed):
    propose(sealed, folk)
    page = visit(client, folk["eve"], BOARD)
    assert HASH in read(page)
    assert "too close to the line to tell" in read(page)
    assert "Lots will decide, once the seed is revealed" in read(page)
    assert 'class="tied"' in page.content.decode()
    assert client.post(f"{BOARD}reveal/", {"seed": "wrong"}).status_code >= 400
    client.post(f"{BOARD}reveal/", {"seed": SEED})
    client.post(f"{BOARD}propose/")
    page = client.get(BOARD)
    assert "Lots decided, by a seed that was promised" in read(page)
    assert "Lot 1" in read(page)


def test_the_adopt_page_asks_for_the_reason_where_people_settle(client, folk):
    row = round_of(folk, 'by = "people"')
    file_all(row, folk)
    propose(row, folk)
    page = visit(client, folk["eve"], "/rounds/spring/slates/1/adopt/")
    assert "Why these and not those" in read(page)
    assert client.post("/rounds/spring/slates/1/adopt/").status_code == 409
    page = client.post("/rounds/spring/slates/1/adopt/", {"reason": "Read again."})
    assert page.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_seed_and_model_from_the_shell(folk, settings, capsys):
    settings.APPORTION_CLOCK = lambda: NOW
    row = round_of(folk, 'by = "lottery"')
    assert cli.run(["round", "commit-seed", "spring", "--seed", SEED, "--as", "eve"]) == 0
    assert HASH in capsys.readouterr().out
    assert cli.run(["round", "commit-seed", "spring", "--as", "eve"]) == 2
    file_all(row, folk)
    assert cli.run(["review", "model", "spring"]) == 0
    assert "intraclass correlation" in capsys.readouterr().out
    assert cli.run(["review", "model", "spring", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["requests"]) == 5
    assert cli.run(["review", "model"]) == 2
    assert cli.run(["round", "reveal-seed", "spring", "wrong", "--as", "eve"]) == 1
    assert cli.run(["round", "reveal-seed", "spring", SEED, "--as", "eve"]) == 0
