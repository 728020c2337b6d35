"""What is done to experiments: fixed beforehand, moved on step by step, each step sealed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apportion.adapters.files.parse_claim import parse_claim
from apportion.adapters.files.render_evidence import estimate_facts
from apportion.apps.apply.actions import Wish, save_draft, submit_request
from apportion.apps.apply.queries import Project, Request, where_works, works_on
from apportion.apps.evidence.models import Experiment, KeptEstimate, KeptLook, ReportedRun
from apportion.apps.evidence.models import Step as StepRow
from apportion.apps.evidence.queries import (
    AWARD,
    IN_TRANCHES,
    PILOT,
    estimate_at,
    latest_estimate,
    question_of,
    runs_of,
)
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person, demand, may
from apportion.apps.rounds.queries import Round, policy_of, rate_card
from apportion.core.evidence.checks import check_claim, check_runs
from apportion.core.evidence.claim import ClaimKind, Run
from apportion.core.evidence.conclude import Look
from apportion.core.evidence.estimate import Estimate, Verdict
from apportion.core.evidence.problems import Problem
from apportion.core.evidence.stages import ENDING_STEPS, Stage, Step, move_on
from apportion.core.evidence.staging import use_of_one
from apportion.core.ids import ID_REMEDY, is_id
from apportion.core.refusals import Code, Refusal, Refused

TELLING = {Verdict.SUFFICIENT, Verdict.UNDERPOWERED}
REPORTING = {
    Stage.PILOT: PILOT,
    Stage.EVIDENCE: PILOT,
    **dict.fromkeys(map(Stage, IN_TRANCHES), AWARD),
}


def register_experiment(
    *, slug: str, title: str, project: Project, claim_toml: str, by: Person, now: datetime
) -> Experiment:
    """Fixes claim, metric, smallest effect and seeds before any run; the journal keeps their hash.

    Refuses: NOT_ALLOWED, OUT_OF_RANGE, ALREADY_DONE, and what is wrong with the effect.
    Raises: BadInput with every fault of the claim.
    """
    demand_worker(by, project)
    question = parse_claim(claim_toml.encode(), "claim.toml", in_office=True)
    refuse_problems(slug, check_claim(question.claim))
    if not is_id(slug):
        raise Refused([_refuse(Code.OUT_OF_RANGE, f"experiment {slug!r}", ID_REMEDY)])
    sha256 = hashlib.sha256(claim_toml.encode()).hexdigest()
    with transaction.atomic():
        if Experiment.objects.filter(slug=slug).exists():
            raise Refused(
                [_refuse(Code.ALREADY_DONE, f"experiment {slug!r}", "Choose another slug.")]
            )
        row = Experiment.objects.create(
            slug=slug,
            title=title,
            project=project,
            claim_toml=claim_toml,
            sha256=sha256,
            metric=question.claim.metric,
            unit=question.claim.unit,
            registered_by=by,
            registered_at=now,
        )
        keep_step(row, "register", before="", by=by, now=now, facts={"claim_sha256": sha256})
    return row


def take_step(
    row: Experiment, step: Step, *, by: Person, now: datetime, facts: Mapping[str, Any]
) -> Experiment:
    """Moves an experiment on, and seals the step with its facts. Call it in a transaction.

    Refuses: WRONG_STATE.
    """
    row = Experiment.objects.select_for_update().get(pk=row.pk)
    before = Stage(row.stage)
    after = move_on(before, step)
    if isinstance(after, Refusal):
        raise Refused([after])
    row.stage = after.value
    row.save(update_fields=["stage"])
    keep_step(row, step.value, before=before.value, by=by, now=now, facts=facts)
    return row


def keep_step(
    row: Experiment, verb: str, *, before: str, by: Person, now: datetime, facts: Mapping[str, Any]
) -> None:
    """Keeps what was done and seals it, whether or not the stage changed."""
    number = row.steps.count() + 1
    told = {
        "experiment": row.slug,
        "number": number,
        "verb": verb,
        "stage": row.stage,
        "facts": dict(facts),
    }
    record = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    seq = seal("experiment", f"{row.slug}/{number}", record.encode())
    StepRow.objects.create(
        experiment=row,
        number=number,
        verb=verb,
        before=before,
        after=row.stage,
        record=record,
        seq=seq,
        by=by,
        at=now,
    )


def record_runs(
    *,
    row: Experiment,
    runs: Sequence[Run],
    microcredits: Mapping[str, int],
    by: Person,
    now: datetime,
) -> int:
    """Keeps runs with what the meter says they used; gives how many are new. Repeats are found.

    Refuses: NOT_ALLOWED, WRONG_STATE, INCOMPLETE with every problem of the runs, ALREADY_DONE for
    a job that was reported with another value.
    """
    demand_worker(by, row.project)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=row.pk)
        part = REPORTING.get(Stage(row.stage))
        if part is None:
            remedy = f"It is at the stage {row.get_stage_display().lower()}; runs are of a pilot or an award."
            raise Refused([_refuse(Code.WRONG_STATE, row.slug, remedy)])
        claim = question_of(row).claim
        runs = [run for run in runs if not claim.arms or run.arm in claim.arms]
        known = {run.job: run for run in row.runs.all()}
        fresh = [run for run in runs if run.job not in known]
        _refuse_changed(row, [run for run in runs if run.job in known], known)
        refuse_problems(row.slug, check_runs(claim, [*runs_of(row, part), *fresh]))
        ReportedRun.objects.bulk_create(
            _reported(row, run, part, microcredits.get(run.job, 0), now) for run in fresh
        )
        if not fresh:
            return 0
        facts = {"runs": [[run.job, run.arm, run.seed, run.value, run.evidence] for run in fresh]}
        if row.stage == Stage.PILOT:
            take_step(row, Step.REPORT, by=by, now=now, facts=facts)
        else:
            keep_step(row, "report", before=row.stage, by=by, now=now, facts=facts)
    return len(fresh)


def keep_estimate(*, row: Experiment, by: Person, now: datetime) -> tuple[KeptEstimate, Estimate]:
    """Estimates from the pilot what would settle the claim, and keeps it as it is told.

    Refuses: NOT_ALLOWED, WRONG_STATE, INCOMPLETE where a used resource has no rate.
    """
    demand_worker(by, row.project)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=row.pk)
        runs = runs_of(row, PILOT)
        _demand_rates(row, runs, now)
        found = estimate_at(row, now=now)
        kept = write_estimate(row, found, runs, now=now)
        told = {"verdict": kept.verdict, "inputs_sha256": found.inputs_sha256, "runs": kept.assured}
        step = Step.ESTIMATE if found.verdict in TELLING else Step.NEED_MORE
        take_step(row, step, by=by, now=now, facts=told)
    return kept, found


def write_estimate(
    row: Experiment, found: Estimate, runs: Sequence[Run], *, now: datetime
) -> KeptEstimate:
    """Writes an estimate down as the newest of its experiment."""
    claim = question_of(row).claim
    return KeptEstimate.objects.create(
        experiment=row,
        number=row.estimates.count() + 1,
        facts=estimate_facts(found, claim),
        verdict=found.verdict.value,
        assured=found.needs.assured if found.needs else 0,
        spread=found.needs.spread if found.needs and found.needs.spread else None,
        per_run=use_of_one(claim, runs),
        microcredits=found.credits or 0,
        made_at=now,
    )


def ask_for(
    *, row: Experiment, round_row: Round, by: Person, now: datetime, runs: int | None = None
) -> Request:
    """Files what settles the claim: the minimum pays the assured runs, or `runs` where less is asked.

    Refuses: NOT_ALLOWED, WRONG_STATE, OUT_OF_RANGE, and what filing a request refuses.
    """
    demand_worker(by, row.project)
    kept = latest_estimate(row)
    question = question_of(row)
    if question.claim.kind is ClaimKind.EXTRAPOLATE or kept is None or not kept.assured:
        remedy = "Only a comparison with an estimate is staged; file a plain request."
        raise Refused([_refuse(Code.WRONG_STATE, row.slug, remedy)])
    wanted = runs or kept.assured
    pool = policy_of(round_row).pool
    amounts = {
        code: (wanted * each, wanted * each) for code, each in kept.per_run.items() if code in pool
    }
    with transaction.atomic():
        draft = save_draft(
            round_row=round_row,
            project=row.project,
            wish=Wish(title=row.title, question=_question(row), amounts=amounts),
            by=by,
            now=now,
        )
        request = submit_request(row=draft, by=by, now=now)
        facts = {
            "request": request.ref,
            "runs": wanted,
            "amounts": {c: a for c, (a, _) in amounts.items()},
        }
        row = take_step(row, Step.ASK, by=by, now=now, facts=facts)
        row.request = request
        row.save(update_fields=["request"])
    return request


def set_plan(*, row: Experiment, plan: Sequence[int], power: float | None) -> None:
    """Keeps after how many runs of each arm one will look, and the award's power; grants call it."""
    Experiment.objects.filter(pk=row.pk).update(plan=list(plan), power=power)


def keep_look(*, row: Experiment, look: Look, by: Person, now: datetime) -> Experiment:
    """Keeps what a look saw and moves the experiment on by it. Call it in a transaction.

    Refuses: WRONG_STATE.
    """
    kept = KeptLook.objects.create(
        experiment=row,
        number=look.look + 1,
        runs=look.runs,
        difference=look.difference,
        low=look.low,
        high=look.high,
        z=look.z,
        boundary=look.boundary,
        ending=look.ending.value,
        looked_at=now,
    )
    facts = {
        "look": kept.number,
        "runs": look.runs,
        "difference": round(look.difference, 12),
        "z": round(look.z, 12),
        "boundary": round(look.boundary, 12),
    }
    return take_step(row, ENDING_STEPS[look.ending], by=by, now=now, facts=facts)


def demand_worker(by: Person, project: Project) -> None:
    """Passes where a person may file and works on the project.

    Refuses: NOT_ALLOWED.
    """
    demand(by, "request.file", where_works(project))
    if not works_on(by, project):
        remedy = "Ask its lead to add you to the project."
        raise Refused([_refuse(Code.NOT_ALLOWED, project.title, remedy)])


def demand_judge(by: Person, project: Project) -> None:
    """Passes where a person decides and has no part in the project.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST.
    """
    demand(by, "slate.adopt", where_works(project))
    if works_on(by, project):
        remedy = "Somebody who does not work on it has to decide."
        raise Refused([_refuse(Code.CONFLICT_OF_INTEREST, project.title, remedy)])


def demand_looker(by: Person, project: Project) -> None:
    """Passes where a person works on the project or sits on the board: the rule decides, not they.

    Refuses: NOT_ALLOWED.
    """
    if not may(by, "slate.adopt", where_works(project)):
        demand_worker(by, project)


def refuse_problems(subject: str, problems: Sequence[Problem]) -> None:
    """Turns what stands in the way of an estimate into refusals.

    Refuses: INCOMPLETE, with each problem by its name.
    """
    if problems:
        raise Refused(
            Refusal(
                code=Code.INCOMPLETE,
                subject=f"{subject}, {problem.code.value}",
                remedy=f"{problem.field}: {problem.text}"
                + (f" (got {problem.value})" if problem.value else "")
                + f". {problem.remedy}",
            )
            for problem in problems
        )


def _refuse_changed(row: Experiment, runs: Sequence[Run], known: Mapping[str, ReportedRun]) -> None:
    changed = [
        run.job
        for run in runs
        if (run.arm, run.seed, run.value)
        != (known[run.job].arm, known[run.job].seed, known[run.job].value)
    ]
    if changed:
        remedy = f"What was reported stands; {', '.join(changed[:5])} came with other content."
        raise Refused([_refuse(Code.ALREADY_DONE, row.slug, remedy)])


def _reported(row: Experiment, run: Run, part: str, cost: int, now: datetime) -> ReportedRun:
    return ReportedRun(
        experiment=row,
        part=part,
        job=run.job,
        arm=run.arm,
        seed=run.seed,
        value=run.value,
        unit=run.unit,
        used=dict(run.used or {}),
        microcredits=cost,
        sizes=dict(run.sizes),
        recipe=run.recipe,
        evidence=run.evidence,
        registered=run.registered,
        reported_at=now,
    )


def _demand_rates(row: Experiment, runs: Sequence[Run], now: datetime) -> None:
    card = rate_card()
    used = sorted({code for run in runs for code in run.used or {}})
    if used and not any(card.at(code, now) for code in used):
        remedy = f"None of {', '.join(used)} has a rate: what it costs cannot be said."
        raise Refused([_refuse(Code.INCOMPLETE, row.slug, remedy)])


def _question(row: Experiment) -> str:
    claim = question_of(row).claim
    new, old = claim.arms
    return (
        f"Does {new} differ from {old} in {claim.metric} by {claim.effect:g} {claim.unit} or more?"
    )


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
