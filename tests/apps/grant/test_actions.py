"""An adopted slate becomes balanced transfers, once."""

from datetime import timedelta

import pytest

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.grant.models import Grant
from apportion.apps.grant.queries import pool_left
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import balance_of
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from tests.apps.small_lab import GPU, HOUR, NOW, file_request

LATER = NOW + timedelta(days=21)


@pytest.fixture
def decided(folk, spring):
    """Two requests, both of which fit."""
    for slug in ("alpha", "beta"):
        file_request(spring, folk["ann"], slug, score=8, reviewer=folk["rev"])
    slate = propose_slate(row=spring, by=folk["eve"], now=LATER)
    adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    spring.refresh_from_db()
    return spring


def test_each_award_stands_in_its_projects_account(folk, decided):
    grant_round(row=decided, by=folk["eve"], now=LATER)
    assert balance_of(Key(Kind.PROJECT, "alpha", GPU)) == 40 * HOUR
    assert pool_left("spring") == {GPU: 20 * HOUR}
    assert audit_books().differences == ()


def test_granting_twice_pays_once(folk, decided):
    first = grant_round(row=decided, by=folk["eve"], now=LATER)
    again = grant_round(row=decided, by=folk["eve"], now=LATER + timedelta(days=1))
    assert [grant.pk for grant in first] == [grant.pk for grant in again]
    assert Grant.objects.count() == 2
    assert balance_of(Key(Kind.PROJECT, "beta", GPU)) == 40 * HOUR


def test_nothing_is_granted_before_a_decision(folk, spring):
    with pytest.raises(Refused) as error:
        grant_round(row=spring, by=folk["eve"], now=LATER)
    assert [refusal.code for refusal in error.value.refusals] == [Code.WRONG_STATE]
