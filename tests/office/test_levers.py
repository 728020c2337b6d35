"""What directives in force ask of the scheduler: pulled by the conductor, and let go with them."""

import pytest

from apportion.apps.directive.actions import (
    adopt_directive,
    draft_directive,
    end_directive,
    make_preview,
    sign_directive,
)
from apportion.apps.enforce.queries import gather_desired, list_levers
from apportion.office.conductor import advance
from apportion.office.levers import pull_for_directives
from tests.apps.directive.lab import DAY, START, TERMS, board, spend
from tests.apps.small_lab import people

pytestmark = pytest.mark.django_db
SHELVED_ON = START + 15 * DAY
SHELVE = f'[[shelve]]\nproject = "beta"\nat = {SHELVED_ON.isoformat()}\n'
PREEMPT = TERMS.replace("[take.amount]", 'mode = "preempt"\n[take.amount]')


@pytest.fixture
def folk(db):
    return people()


@pytest.fixture
def adopt(folk):
    """Puts a directive in force by its terms."""
    spend(folk)
    signers = board()

    def put(toml):
        draft_directive(toml=toml, by=folk["eve"], now=START)
        made = make_preview(ref="red-1", by=folk["eve"], now=START)
        for person in signers:
            sign_directive(ref="red-1", number=made.number, by=person, now=START)
        return adopt_directive(ref="red-1", by=signers[0], now=START)

    return put


def pulled(now):
    pull_for_directives(now=now)
    return [(lever.project.slug, lever.kind) for lever in list_levers()]


def minutes(now):
    return {str(limit.project): sum(limit.minutes.values()) for limit in gather_desired(now=now)}


def test_a_directive_that_drains_lowers_the_limits_of_lenders_and_pulls_no_lever(adopt):
    before = minutes(START)
    adopt(TERMS)
    after = minutes(START)
    assert after["chat"] - before["chat"] == 12 * 60
    assert sum(after.values()) == sum(before.values())
    assert pulled(START) == []


def test_a_project_that_is_put_aside_may_submit_nothing_from_its_day_on(adopt):
    adopt(TERMS + SHELVE)
    assert pulled(SHELVED_ON - DAY) == []
    assert pulled(SHELVED_ON) == [("beta", "hold")]
    [beta] = [limit for limit in gather_desired(now=SHELVED_ON) if limit.project == "beta"]
    assert "put aside by directive red-1" in beta.hold


def test_whom_a_preempting_directive_is_for_goes_first_until_it_ends(adopt, folk):
    adopt(PREEMPT)
    assert pulled(START) == [("chat", "boost")]
    end_directive(ref="red-1", by=folk["eve"], now=START + DAY)
    assert pulled(START + DAY) == []


def test_the_conductor_pulls_them_and_repeating_it_changes_nothing(adopt):
    adopt(PREEMPT)
    advance(now=START)
    first = list_levers()
    advance(now=START + DAY)
    assert [lever.since_at for lever in list_levers()] == [lever.since_at for lever in first]
    assert len(first) == 1


def test_a_cluster_that_does_not_answer_stops_nothing_else(settings, monkeypatch, db):
    settings.APPORTION_SLURM = ("nowhere",)
    monkeypatch.setattr("apportion.office.conductor.is_due", lambda *_, **__: False)
    [told] = advance(now=START)
    assert told.startswith("nowhere: ")
