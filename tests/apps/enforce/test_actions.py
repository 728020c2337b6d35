"""Limits in the office: ordered, carried out, read back, and believed only then."""

from datetime import timedelta

import pytest

from apportion.apps.enforce.actions import (
    apply_limits,
    check_limits,
    record_orders,
    record_readback,
)
from apportion.apps.enforce.queries import gather_desired, list_limits
from apportion.apps.rounds.queries import resource_units
from apportion.core.faults import WorldError
from apportion.core.ledger import Kind, TransferCode
from apportion.core.refusals import Refused
from tests.apps.enforce.books import give
from tests.apps.small_lab import GPU, HOUR, NOW, file_request

pytestmark = pytest.mark.django_db


class Cluster:
    """A scheduler that holds limits in memory, in Slurm's manner: named ones set, others kept."""

    def __init__(self, **holds):
        self.holds = holds
        self.deaf = set()

    def read_limits(self):
        return {name: dict(limits) for name, limits in self.holds.items()}

    def apply_step(self, step):
        if step.association in self.deaf:
            raise WorldError("no answer", retryable=True)
        self.holds[step.association].update(step.minutes)


@pytest.fixture
def given(spring, folk):
    """Two projects: `alpha` was given 10 GPU-hours, `beta` 2 and a half minutes more than 20."""
    for slug in ("alpha", "beta"):
        file_request(spring, folk["ann"], slug)
    give("pool", 0, Kind.ISSUED, Kind.POOL, 100 * HOUR)
    give("alpha", 1, Kind.POOL, Kind.PROJECT, 10 * HOUR)
    give("beta", 2, Kind.POOL, Kind.PROJECT, 20 * HOUR + 150)
    return folk


def minutes(now=NOW):
    return {str(d.project): dict(d.minutes) for d in gather_desired(now=now)}


def test_the_limit_is_what_was_given_in_whole_minutes(given):
    assert minutes() == {"alpha": {GPU: 600}, "beta": {GPU: 1202}}


def test_usage_lowers_no_limit_for_the_scheduler_counts_it_by_itself(given):
    give("alpha", 3, Kind.PROJECT, Kind.CONSUMED, 4 * HOUR, code=TransferCode.SETTLE)
    assert minutes()["alpha"] == {GPU: 600}


def test_what_is_taken_back_lowers_the_limit(given):
    taken = {"code": TransferCode.REFUND, "back": True}
    give("alpha", 3, Kind.POOL, Kind.PROJECT, 4 * HOUR, **taken)
    assert minutes()["alpha"] == {GPU: 360}


def test_a_grant_that_has_not_begun_opens_nothing_yet(given):
    start = NOW + timedelta(days=1)
    give("alpha", 3, Kind.POOL, Kind.PROJECT, HOUR, at=start)
    assert minutes(now=start - timedelta(seconds=1))["alpha"] == {GPU: 600}
    assert minutes(now=start)["alpha"] == {GPU: 660}


def test_a_limit_counts_as_applied_only_after_the_scheduler_said_so(given):
    cluster = Cluster(alpha={}, beta={GPU: 5})
    outcome = apply_limits(scheduler=cluster, by=given["ops"], now=NOW)
    assert {d.project for d in outcome.before.drifts} == {"alpha", "beta"}
    assert outcome.after.matches
    assert cluster.holds == {"alpha": {GPU: 600}, "beta": {GPU: 1202}}
    assert all(limit.applied and limit.read_at == NOW for limit in list_limits())


def test_orders_alone_apply_nothing(given):
    record_orders(desired=gather_desired(now=NOW))
    assert [limit.applied for limit in list_limits()] == [False, False]


def test_applying_twice_sends_no_second_order(given):
    cluster = Cluster(alpha={}, beta={})
    apply_limits(scheduler=cluster, by=given["ops"], now=NOW)
    again = apply_limits(scheduler=cluster, by=given["ops"], now=NOW)
    assert again.before.steps == ()
    assert again.after.matches


def test_a_project_that_the_scheduler_refuses_stops_no_other(given):
    cluster = Cluster(alpha={}, beta={})
    cluster.deaf.add("alpha")
    outcome = apply_limits(scheduler=cluster, by=given["ops"], now=NOW)
    assert outcome.failures == ("alpha: no answer",)
    assert {limit.project.slug: limit.applied for limit in list_limits()} == {
        "alpha": False,
        "beta": True,
    }


def test_a_change_by_hand_is_found_and_shown_as_not_applied(given):
    cluster = Cluster(alpha={}, beta={})
    apply_limits(scheduler=cluster, by=given["ops"], now=NOW)
    cluster.holds["beta"][GPU] = 9999
    later = NOW + timedelta(hours=1)
    [drift] = check_limits(scheduler=cluster, now=later).drifts
    assert (drift.project, drift.desired, drift.actual) == ("beta", 1202, 9999)
    assert {limit.project.slug: limit.applied for limit in list_limits()} == {
        "alpha": True,
        "beta": False,
    }


def test_an_answer_to_older_orders_says_nothing_about_newer_ones(given):
    older = record_orders(desired=gather_desired(now=NOW))
    record_orders(desired=gather_desired(now=NOW))
    assert record_readback(actual={"alpha": {GPU: 600}}, generation=older, now=NOW) == 0
    assert not any(limit.applied for limit in list_limits())


@pytest.mark.parametrize("who", ["ann", "rev", "eve", "aud"])
def test_applying_is_refused_to_all_but_operators(given, who):
    with pytest.raises(Refused, match="holds no role"):
        apply_limits(scheduler=Cluster(), by=given[who], now=NOW)
    assert list_limits() == []


def test_people_and_licences_are_no_business_of_the_scheduler(given):
    assert set(resource_units()) >= {GPU}
    assert all(set(limits) == {GPU} for limits in minutes().values())
