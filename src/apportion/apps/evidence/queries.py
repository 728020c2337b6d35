"""Reads of experiments: rows to the core's claims, runs and estimates."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median, quantiles

from django.db.models import QuerySet

from apportion.adapters.files.parse_claim import Question, parse_claim
from apportion.apps.apply.queries import Project, Request
from apportion.apps.evidence.models import Consent, Experiment, KeptEstimate, KeptLook, ReportedRun
from apportion.apps.rounds.queries import rate_card
from apportion.core.evidence.calibration import Outcome
from apportion.core.evidence.checks import COIN
from apportion.core.evidence.claim import (
    ClaimKind,
    EvidencePolicy,
    Offer,
    Registration,
    Run,
)
from apportion.core.evidence.costs import Prices
from apportion.core.evidence.estimate import Estimate, Shown, estimate
from apportion.core.evidence.stages import Stage
from apportion.core.ids import ResourceCode
from apportion.core.refusals import Code, Refusal, Refused

Amounts = Mapping[str, Mapping[str, int]]  # minimum, ask, offer: base units by resource
Spread = tuple[str, str, int, float]  # metric, unit, project, spread
FEW_SPREADS = 5  # below, nobody can say what is extreme
PILOT, AWARD = ReportedRun.Part.PILOT, ReportedRun.Part.AWARD
IN_TRANCHES = (Experiment.Stage.TRANCHE_1, Experiment.Stage.TRANCHE_2, Experiment.Stage.TRANCHE_3)


def find_experiment(slug: str) -> Experiment:
    """Finds an experiment by its slug.

    Refuses: NOT_FOUND.
    """
    row = list_experiments().filter(slug=slug).first()
    if row is None:
        remedy = "List experiments with: apportion experiment list"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"experiment {slug!r}", remedy=remedy)])
    return row


def list_experiments(project: str = "") -> QuerySet[Experiment]:
    """Lists experiments by slug, of one project or of all."""
    rows = Experiment.objects.select_related("project__area", "request__round", "registered_by")
    return rows.filter(project__slug=project) if project else rows


def experiments_of_requests(refs: Iterable[str]) -> dict[str, Experiment]:
    """Finds the experiments on which requests rest, by request."""
    rows = Experiment.objects.filter(request__ref__in=set(refs)).select_related("request")
    return {row.request.ref: row for row in rows if row.request is not None}


def question_of(row: Experiment) -> Question:
    """Reads the claim as it was registered."""
    return parse_claim(row.claim_toml.encode(), f"{row.slug}/claim.toml", in_office=True)


def registration_of(question: Question) -> Registration:
    """Gives what was fixed at registration; the office takes no claim without it.

    Raises: ValueError where there is none, which registering prevents.
    """
    if question.registered is None:
        raise ValueError("an experiment without registered seeds")
    return question.registered


def runs_of(row: Experiment, part: str) -> tuple[Run, ...]:
    """Reads the runs that were reported, in the order of their reports."""
    return tuple(_run(run) for run in row.runs.filter(part=part))


def _run(run: ReportedRun) -> Run:
    return Run(
        job=run.job,
        arm=run.arm,
        seed=run.seed,
        value=run.value,
        unit=run.unit,
        used={ResourceCode(code): amount for code, amount in run.used.items()},
        sizes=run.sizes,
        recipe=run.recipe,
        evidence=run.evidence,
        registered=run.registered,
    )


def latest_estimate(row: Experiment) -> KeptEstimate | None:
    """Finds the estimate that holds."""
    return row.estimates.order_by("number").last()


def looks_of(row: Experiment) -> list[KeptLook]:
    """Lists what the looks saw, oldest first."""
    return list(row.looks.all())


def spreads_seen() -> list[Spread]:
    """Lists what spread each estimate measured, oldest first."""
    rows = KeptEstimate.objects.filter(spread__gt=0).order_by("made_at", "id")
    columns = ("experiment__metric", "experiment__unit", "experiment__project_id", "spread")
    return list(rows.values_list(*columns))


def history_of(row: Experiment, seen: Iterable[Spread]) -> EvidencePolicy:
    """Gives the office's rules with what other projects' runs of the same metric showed."""
    latest = {
        project: spread
        for metric, unit, project, spread in seen
        if (metric, unit) == (row.metric, row.unit) and project != row.project_id
    }
    spreads = sorted(latest.values())
    if not spreads:
        return EvidencePolicy()
    extreme = quantiles(spreads, n=10)[-1] if len(spreads) >= FEW_SPREADS else None
    return EvidencePolicy(history_spread=median(spreads), extreme_spread=extreme)


def estimate_at(
    row: Experiment,
    *,
    now: datetime,
    amounts: Amounts | None = None,
    also: tuple[Run, ...] = (),
) -> Estimate:
    """Estimates on the pilot's runs at today's rates, for amounts in base units.

    With `also`, further runs tell how much runs differ; then the pilot's seeds are not all.
    """
    return _estimate(
        row,
        (*runs_of(row, PILOT), *also),
        Prices(card=rate_card()),
        history_of(row, spreads_seen()),
        amounts or {},
        now=now,
        planned=not also,
    )


def power_of(row: Experiment, amounts: Mapping[str, int], *, now: datetime) -> Shown | None:
    """Tells what amounts can show; nothing where the pilot carries no estimate."""
    found = estimate_at(row, now=now, amounts={"offer": amounts})
    return next((shown for shown in found.shown if shown.name == "offer"), None)


def powers_of(amounts: Mapping[str, Amounts], *, now: datetime) -> dict[str, dict[str, Shown]]:
    """Tells what amounts can show, by request and by name, where it rests on an experiment."""
    rows = Experiment.objects.filter(request__ref__in=set(amounts)).select_related("request")
    experiments = list(rows.prefetch_related("runs"))
    if not experiments:
        return {}
    prices, seen = Prices(card=rate_card()), spreads_seen()
    found: dict[str, dict[str, Shown]] = {}
    for row in experiments:
        ref = row.request.ref if row.request is not None else ""
        runs = tuple(_run(run) for run in row.runs.all() if run.part == PILOT)
        policy = history_of(row, seen)
        told = _estimate(row, runs, prices, policy, amounts[ref], now=now, planned=True)
        found[ref] = {shown.name: shown for shown in told.shown}
    return found


def _estimate(
    row: Experiment,
    runs: tuple[Run, ...],
    prices: Prices,
    policy: EvidencePolicy,
    amounts: Amounts,
    *,
    now: datetime,
    planned: bool,
) -> Estimate:
    question = question_of(row)
    priced = {
        name: sum(prices.card.price(code, amount, now) for code, amount in each.items())
        for name, each in amounts.items()
        if any(each.values())
    }
    return estimate(
        question.claim,
        runs,
        prices,
        policy,
        offer=Offer(starts_at=now, ends_at=now, **priced),
        registered=question.registered if planned else None,
    )


def experiment_to_ask(project: Project) -> Experiment | None:
    """Finds the project's newest experiment whose pilot is in, for the page of a request."""
    rows = Experiment.objects.filter(project=project, estimates__isnull=False).distinct()
    waiting = rows.filter(request__isnull=True).order_by("-registered_at", "-id").first()
    return waiting or rows.order_by("-registered_at", "-id").first()


def steps_of(row: Experiment) -> list[dict[str, object]]:
    """Lists an experiment's steps with what was sealed of each."""
    steps = row.steps.select_related("by")
    return [
        {
            "number": step.number,
            "verb": step.verb,
            "after": step.after,
            "by": str(step.by),
            "at": step.at,
            "seq": step.seq,
            "facts": json.loads(step.record)["facts"],
        }
        for step in steps
    ]


def consents_of(request: Request) -> list[Consent]:
    """Lists offers below a request's minimum and what the applicant said, oldest first."""
    return list(Consent.objects.filter(request=request).select_related("offered_by", "answered_by"))


def outcomes() -> list[Outcome]:
    """Lists what became of every experiment that was awarded credits, by slug."""
    rows = Experiment.objects.exclude(plan=[]).select_related("project")
    rows = rows.prefetch_related("looks", "estimates", "runs")
    return [
        Outcome(
            experiment=row.slug,
            project=row.project.slug,
            stage=Stage(row.stage),
            power=row.power,
            estimated=next((kept.microcredits for kept in row.estimates.all()), 0),
            spent=sum(run.microcredits for run in row.runs.all() if run.part == AWARD),
            claimed=_claimed(row),
            found=next((look.difference for look in reversed(row.looks.all())), None),
        )
        for row in rows
    ]


def _claimed(row: Experiment) -> float:
    claim = question_of(row).claim
    return claim.effect - COIN if claim.kind is ClaimKind.COMPARE_PROB else claim.effect
