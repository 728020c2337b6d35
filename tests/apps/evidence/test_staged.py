"""An experiment from its claim to its verdict: every credit accounted for, every step sealed."""

from datetime import timedelta

import pytest

from apportion.apps.apply.actions import start_project
from apportion.apps.evidence.actions import keep_estimate
from apportion.apps.evidence.queries import (
    find_experiment,
    latest_estimate,
    looks_of,
    outcomes,
    steps_of,
)
from apportion.apps.grant.actions import grant_round
from apportion.apps.grant.queries import grants_of, pool_left, tranches_of
from apportion.apps.grant.tranches import extend_award, look_at
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Record
from apportion.apps.ledger.queries import available, balance_of, credited
from apportion.apps.rounds.queries import find_area
from apportion.core.evidence.calibration import office_record, team_records
from apportion.core.faults import BadInput
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from tests.apps.evidence.trial import CLAIM, DAY, SECONDS, Trial
from tests.apps.small_lab import DATES, GPU, HOUR, NOW, file_request

MEMORY, POOL = Key(Kind.PROJECT, "memory", GPU), Key(Kind.POOL, "spring", GPU)
STARTED = DATES.credits_start_at + DAY


@pytest.fixture
def trial(folk, tmp_path):
    return Trial(folk, tmp_path)


def codes(error):
    return [refusal.code for refusal in error.value.refusals]


def run_planned(trial, number, gain):
    """Runs what the tranche with this number pays, and reports it."""
    plan = find_experiment("replay").plan
    seeds = range(5 + (plan[number - 2] if number > 1 else 0), 5 + plan[number - 1])
    at = STARTED + timedelta(days=number)
    trial.report("replay", trial.run(seeds, gain=gain, at=at), at=at + DAY)
    return at + 2 * DAY


def test_an_experiment_is_paid_in_parts_and_ends_with_a_verdict_and_a_refund(trial, folk):
    kept, _ = trial.through_pilot(effect=0.02)
    assert kept.per_run == {GPU: 2 * SECONDS}
    request = trial.ask()
    [amount] = request.amounts.all()
    assert amount.minimum == kept.assured * 2 * SECONDS
    trial.decide()
    row = find_experiment("replay")
    parts = tranches_of(row)
    assert row.stage == "tranche_1"
    assert [part.state for part in parts] == ["released", "held", "held"]
    assert sum(part.amount for part in parts) == amount.minimum
    before = balance_of(MEMORY)
    assert available(kind=Kind.POOL)[POOL] == 100 * HOUR - amount.minimum

    seen = look_at(row=row, by=folk["ann"], now=run_planned(trial, 1, 0.08))
    assert seen.ending == "validated"
    assert seen.z > seen.boundary
    assert find_experiment("replay").stage == "validated"
    assert [part.state for part in tranches_of(row)] == ["released", "returned", "returned"]
    assert available(kind=Kind.POOL)[POOL] == 100 * HOUR - parts[0].amount
    assert balance_of(MEMORY) == before - 2 * parts[0].runs * SECONDS
    assert audit_books().differences == ()


def test_each_tranche_reaches_what_the_scheduler_is_told_and_the_grant_on_record(trial, folk):
    trial.through_pilot(effect=0.02)
    trial.ask()
    trial.decide()
    row = find_experiment("replay")
    first, second, _ = tranches_of(row)
    assert [grant.amount for grant in grants_of("memory")] == [first.amount]
    at = run_planned(trial, 1, 0.019)
    assert look_at(row=row, by=folk["eve"], now=at).ending == "go_on"
    assert [grant.amount for grant in grants_of("memory")] == [first.amount + second.amount]
    told = credited(kind=Kind.PROJECT, until=at)[MEMORY]
    assert told == 2 * HOUR + first.amount + second.amount


def test_an_effect_that_is_excluded_is_refuted_and_the_rest_is_the_pools_the_same_instant(
    trial, folk
):
    trial.through_pilot(effect=0.02, gain=0.0)
    trial.ask()
    trial.decide()
    row = find_experiment("replay")
    at = run_planned(trial, 1, -0.06)
    assert look_at(row=row, by=folk["ann"], now=at).ending == "refuted"
    held = Key(Kind.POOL, "spring", GPU)
    assert available(kind=Kind.POOL)[held] == pool_left("spring")[GPU]
    with pytest.raises(Refused) as error:
        look_at(row=row, by=folk["ann"], now=at)
    assert codes(error) == [Code.WRONG_STATE]


def test_a_look_is_refused_until_every_planned_seed_is_reported_in_both_arms(trial, folk):
    trial.through_pilot(effect=0.02)
    trial.ask()
    trial.decide()
    row = find_experiment("replay")
    with pytest.raises(Refused, match="SEEDS_PICKED"):
        look_at(row=row, by=folk["ann"], now=STARTED)
    picked = trial.run(range(7, 7 + row.plan[0]), gain=0.3, at=STARTED)
    trial.report("replay", picked, at=STARTED + DAY)
    with pytest.raises(Refused, match="SEEDS_PICKED"):
        look_at(row=row, by=folk["ann"], now=STARTED + DAY)
    assert looks_of(row) == []


def test_granting_again_holds_and_releases_nothing_twice(trial, folk):
    trial.through_pilot(effect=0.02)
    trial.ask()
    trial.decide()
    before = balance_of(MEMORY), available(kind=Kind.POOL)[POOL]
    grant_round(row=trial.spring, by=folk["eve"], now=NOW + 22 * DAY)
    assert (balance_of(MEMORY), available(kind=Kind.POOL)[POOL]) == before


def test_a_re_estimate_is_granted_once_and_up_to_one_and_a_half_times(trial, folk):
    trial.through_pilot(effect=0.02)
    request = trial.ask()
    trial.decide()
    row, asked = find_experiment("replay"), request.amounts.get().minimum
    most, at = row.plan[-1] * 3 // 2, STARTED
    with pytest.raises(Refused) as error:
        extend_award(row=row, by=folk["eve"], now=at, runs=most + 2)
    assert codes(error) == [Code.OUT_OF_RANGE]
    extend_award(row=row, by=folk["eve"], now=at, runs=most)
    row.refresh_from_db()
    assert row.plan[-1] == most
    total = sum(part.amount for part in tranches_of(row))
    assert asked < total <= asked * 3 // 2
    assert available(kind=Kind.POOL)[POOL] == 100 * HOUR - total
    with pytest.raises(Refused) as error:
        extend_award(row=row, by=folk["eve"], now=at, runs=most + 1)
    assert codes(error) == [Code.ALREADY_DONE]
    assert audit_books().differences == ()


def test_a_request_that_gets_nothing_goes_back_to_its_estimate_and_can_ask_again(trial, folk):
    trial.through_pilot(effect=0.02)
    trial.ask(score=3)
    file_request(
        trial.spring, folk["bob"], "rival", minimum=89, ask=90, score=10, reviewer=folk["rev"]
    )
    trial.decide()
    assert find_experiment("replay").stage == "estimate"
    assert tranches_of(find_experiment("replay")) == []


def test_every_step_is_a_leaf_of_the_journal(trial, folk):
    trial.through_pilot()
    verbs = [(step["verb"], step["after"]) for step in steps_of(find_experiment("replay"))]
    assert verbs == [
        ("register", "idea"),
        ("start_pilot", "pilot"),
        ("report", "evidence"),
        ("estimate", "estimate"),
    ]
    sealed = set(Record.objects.filter(kind="experiment").values_list("seq", flat=True))
    assert {step["seq"] for step in steps_of(find_experiment("replay"))} == sealed


def test_a_job_of_another_project_or_of_nobody_is_not_metered_for_this_one(trial, folk):
    start_project(slug="other", title="O", area=find_area("foundations"), lead=folk["bob"], now=NOW)
    trial.pay_pilot(trial.register())
    runs = trial.run(range(5), gain=0.1, at=NOW + DAY, account="other")
    with pytest.raises(Refused, match="UNMETERED_PILOT"):
        trial.report("replay", runs, at=NOW + 2 * DAY)
    assert find_experiment("replay").stage == "pilot"


def test_jobs_that_ran_before_the_registration_are_flagged(trial, folk):
    trial.pay_pilot(trial.register())
    runs = trial.run(range(5), gain=0.1, at=NOW - DAY)
    trial.report("replay", runs, at=NOW + DAY)
    _, found = keep_estimate(row=find_experiment("replay"), by=folk["ann"], now=NOW + DAY)
    assert any("10 of 10 runs were not registered" in said for said in found.warnings)


def test_left_out_seeds_get_no_estimate_and_the_pilot_goes_on(trial, folk):
    trial.pay_pilot(trial.register())
    at = NOW + DAY
    trial.report("replay", trial.run(range(4), gain=0.1, at=at), at=at + DAY)
    kept, found = keep_estimate(row=find_experiment("replay"), by=folk["ann"], now=at + DAY)
    assert [problem.code for problem in found.problems] == ["SEEDS_PICKED", "SEEDS_PICKED"]
    assert (kept.verdict, find_experiment("replay").stage) == ("not_estimable", "pilot")
    trial.report("replay", trial.run([4], gain=0.1, at=at + DAY), at=at + 3 * DAY)
    keep_estimate(row=find_experiment("replay"), by=folk["ann"], now=at + 3 * DAY)
    assert latest_estimate(find_experiment("replay")).number == 2
    assert find_experiment("replay").stage == "estimate"


def test_what_was_reported_is_not_changed_and_repeats_are_found(trial):
    trial.pay_pilot(trial.register())
    runs = trial.run(range(5), gain=0.1, at=NOW + DAY)
    assert trial.report("replay", runs, at=NOW + 2 * DAY) == 10
    assert trial.report("replay", runs, at=NOW + 2 * DAY) == 0
    better = trial.run(range(5), gain=0.2, at=NOW + DAY)
    with pytest.raises(Refused) as error:
        trial.report("replay", better, at=NOW + 2 * DAY)
    assert codes(error) == [Code.ALREADY_DONE]


@pytest.mark.parametrize("more", ["[policy]\nprior = 0.9\n", "[grant]\nask = 3\n"])
def test_rules_and_amounts_are_not_the_applicants_to_write(trial, folk, more):
    from apportion.apps.evidence.actions import register_experiment

    with pytest.raises(BadInput, match="not part of a registration"):
        register_experiment(
            slug="x",
            title="X",
            project=trial.project,
            claim_toml=CLAIM.format(effect=0.1) + more,
            by=folk["ann"],
            now=NOW,
        )


def test_a_pilot_is_capped_and_its_approver_works_elsewhere(trial, folk):
    row = trial.register()
    with pytest.raises(Refused) as error:
        trial.pay_pilot(row, amount=3 * HOUR)
    assert codes(error) == [Code.OUT_OF_RANGE]
    trial.pay_pilot(row, amount=2 * HOUR)
    assert balance_of(MEMORY) == 2 * HOUR
    with pytest.raises(Refused) as error:
        trial.pay_pilot(row, amount=2 * HOUR)
    assert codes(error) == [Code.WRONG_STATE]
    assert balance_of(MEMORY) == 2 * HOUR


def test_the_record_says_how_estimates_turned_out(trial, folk):
    trial.through_pilot(effect=0.02)
    trial.ask()
    trial.decide()
    look_at(row=find_experiment("replay"), by=folk["ann"], now=run_planned(trial, 1, 0.08))
    [team] = team_records(outcomes())
    assert (team.awarded, team.ended, team.conclusive) == (1, 1, 1)
    assert 0 < team.spent_of_estimated < 1
    assert team.found_of_claimed > 2
    office = office_record(outcomes())
    assert (office.sufficient, office.ended, office.real, office.real_conclusive) == (1, 1, 1, 1)
