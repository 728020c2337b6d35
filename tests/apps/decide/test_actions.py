"""A slate is proposed, verified, adopted once; every no comes with its reason and nearest way in."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from apportion.apps.apply.actions import withdraw_request
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.decide.keeping import demand_step
from apportion.apps.decide.models import Award, Decision, Slate
from apportion.apps.ledger.audit import audit_books
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import declare_conflict, write_opinion
from apportion.core.decide import life as slates
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_decision
from tests.apps.small_lab import GPU, HOUR, NOW, file_request

LATER = NOW + timedelta(days=21)


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


@pytest.fixture
def crowded(folk, spring):
    """Three requests for 40 hours each, and a fourth for 60, in a pool of 100."""
    asks = (("alpha", 9, 40), ("beta", 7, 40), ("gamma", 5, 40), ("delta", 2, 60))
    return {
        slug: file_request(
            spring, folk["ann"], slug, minimum=30, ask=ask, score=score, reviewer=folk["rev"]
        )
        for slug, score, ask in asks
    }


def propose(spring, folk):
    return propose_slate(row=spring, by=folk["eve"], now=LATER)


def test_the_adopted_slate_gives_every_request_its_decision(folk, spring, crowded):
    slate = adopt_slate(slate=propose(spring, folk), by=folk["eve"], now=LATER)
    outcomes = dict(Decision.objects.values_list("request__ref", "outcome"))
    assert set(outcomes) == {request.ref for request in crowded.values()}
    assert outcomes[crowded["delta"].ref] == "not_yet"
    assert verify_decision(slate.document.encode()).holds
    spring.refresh_from_db()
    assert spring.state == "decided"


def test_no_award_is_dust_and_together_they_fit(folk, spring, crowded):
    adopt_slate(slate=propose(spring, folk), by=folk["eve"], now=LATER)
    amounts = Award.objects.values_list("amount", "minimum", "ask")
    assert all(amount == 0 or low <= amount <= high for amount, low, high in amounts)
    assert sum(amount for amount, _, _ in amounts) <= 100 * HOUR


def test_every_no_and_every_cut_has_a_reason_and_a_nearest_way_in(folk, spring, crowded):
    adopt_slate(slate=propose(spring, folk), by=folk["eve"], now=LATER)
    cut = Decision.objects.exclude(outcome="full")
    assert cut.exists()
    assert all(decision.reasons and decision.counterfactuals for decision in cut)


def test_the_database_itself_forbids_a_silent_no(folk, spring, crowded):
    slate = propose(spring, folk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            slate=slate,
            request=crowded["delta"],
            outcome="not_yet",
            reasons=[],
            reason_count=0,
            counterfactuals=[],
            counterfactual_count=0,
        )


def test_the_database_itself_forbids_dust(folk, spring, crowded):
    adopt_slate(slate=propose(spring, folk), by=folk["eve"], now=LATER)
    award = Award.objects.filter(amount__gt=0).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(amount=award.minimum - 1)


def test_proposing_twice_gives_the_same_bytes(folk, spring, crowded):
    first, second = propose(spring, folk), propose(spring, folk)
    assert (first.document, first.number, second.number) == (second.document, 1, 2)


def test_a_slate_made_before_a_score_changed_is_stale(folk, spring, crowded):
    slate = propose(spring, folk)
    write_opinion(request=crowded["delta"], by=folk["rev"], score_hundredths=1000, now=LATER)
    with pytest.raises(Refused) as error:
        adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    assert codes(error) == [Code.STALE_PARENT]
    assert not Decision.objects.exists()


def test_a_slate_made_before_a_request_was_withdrawn_is_stale(folk, spring, crowded):
    slate = propose(spring, folk)
    withdraw_request(row=crowded["alpha"], by=folk["ann"], now=NOW)
    with pytest.raises(Refused) as error:
        adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    assert codes(error) == [Code.STALE_PARENT]


def test_only_one_slate_of_a_round_is_adopted(folk, spring, crowded):
    first, second = propose(spring, folk), propose(spring, folk)
    adopt_slate(slate=first, by=folk["eve"], now=LATER)
    for slate, code in ((first, Code.ALREADY_DONE), (second, Code.STALE_PARENT)):
        with pytest.raises(Refused) as error:
            adopt_slate(slate=slate, by=folk["eve"], now=LATER)
        assert codes(error) == [code]


def test_a_slate_that_was_tampered_with_is_not_adopted(folk, spring, crowded):
    slate = propose(spring, folk)
    document = json.loads(slate.document)
    funded = next(award for award in document["awards"] if award["amounts"].get(GPU))
    funded["amounts"][GPU] += 1
    Slate.objects.filter(pk=slate.pk).update(document=json.dumps(document))
    with pytest.raises(Refused) as error:
        adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    assert codes(error) == [Code.NOT_VERIFIED]


@pytest.mark.parametrize("who", ["ann", "rev", "ops", "aud"])
def test_only_the_board_proposes_and_adopts(folk, spring, crowded, who):
    slate = propose(spring, folk)
    for act in (
        lambda: propose_slate(row=spring, by=folk[who], now=LATER),
        lambda: adopt_slate(slate=slate, by=folk[who], now=LATER),
    ):
        with pytest.raises(Refused) as error:
            act()
        assert codes(error) == [Code.NOT_ALLOWED]


def test_a_board_member_with_a_stake_does_not_adopt(folk, spring, crowded):
    judge = add_person(username="both", name="Both", roles=["board", "reviewer"])
    declare_conflict(request=crowded["beta"], by=judge, reason="My sister leads it", now=NOW)
    with pytest.raises(Refused) as error:
        adopt_slate(slate=propose(spring, folk), by=judge, now=LATER)
    assert codes(error) == [Code.CONFLICT_OF_INTEREST]


def test_a_request_without_an_opinion_is_named_before_anything_is_decided(folk, spring, crowded):
    unread = file_request(spring, folk["ann"], "unread")
    with pytest.raises(Refused) as error:
        propose(spring, folk)
    assert [(r.code, r.subject) for r in error.value.refusals] == [(Code.INCOMPLETE, unread.ref)]


def test_an_empty_round_has_nothing_to_decide(folk, spring):
    with pytest.raises(Refused) as error:
        propose(spring, folk)
    assert codes(error) == [Code.INCOMPLETE]


def test_slate_and_decisions_are_sealed_into_the_journal(folk, spring, crowded):
    adopt_slate(slate=propose(spring, folk), by=folk["eve"], now=LATER)
    health = audit_books()
    assert (health.leaves, health.differences) == (1 + len(crowded), ())


def test_a_slate_whose_place_another_took_is_neither_moved_nor_signed_nor_told(
    folk, spring, crowded
):
    slate = propose(spring, folk)
    slate.adopted_at = slate.published_at = slate.superseded_at = LATER
    for verb in slates.Verb:
        with pytest.raises(Refused, match="took its place") as error:
            demand_step(slate, verb)
        assert codes(error) == [Code.WRONG_STATE]
