"""Experiments for programs: a claim fixed beforehand, its pilot, its award in parts, its verdict."""

from typing import Any

from pydantic import AwareDatetime, Field

from apportion.adapters.files.parse_claim import parse_claim
from apportion.adapters.files.parse_pilot import parse_pilot
from apportion.adapters.files.render_evidence import estimate_facts
from apportion.apps.apply.queries import find_project, find_request
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, Found, row
from apportion.apps.evidence.actions import (
    ask_for,
    keep_estimate,
    record_runs,
    register_experiment,
)
from apportion.apps.evidence.consents import answer_offer, offer_less, open_offer
from apportion.apps.evidence.queries import find_experiment, list_experiments, outcomes, question_of
from apportion.apps.grant.pilots import pay_for_pilot
from apportion.apps.grant.queries import tranches_of
from apportion.apps.grant.tranches import extend_award, look_at
from apportion.apps.report import experiment_commands
from apportion.apps.report.queries import meter_runs
from apportion.apps.rounds.queries import find_round
from apportion.core.evidence.calibration import team_records

calls = Calls("experiments")
LOOK = "look:n runs:n difference low high z boundary ending looked_at:at"
CALIBRATION = "project awarded:n ended:n conclusive:n spent_of_estimated:x found_of_claimed:x"


class ExperimentAnswer(Answer):
    """An experiment and where it stands."""

    experiment: str
    title: str
    project: str
    stage: str
    metric: str
    request: str | None
    power: float | None


class TrancheRow(Answer):
    """A part of an award. Units: base units."""

    number: int
    resource: str
    amount: int
    runs: int
    state: str
    changed_at: AwareDatetime | None


class LookAnswer(Answer):
    """What a look saw."""

    look: int
    runs: int
    difference: float
    low: float
    high: float
    z: float
    boundary: float
    ending: str


class NewExperiment(Body):
    """A claim to fix before any run."""

    slug: str = Field(max_length=60)
    project: str = Field(max_length=60)
    title: str = Field(min_length=1, max_length=200)
    claim: str = Field(max_length=1_000_000, description="A claim.toml with [claim], [registered].")


class Pilot(Body):
    """A pilot to approve; without amounts the projects pay themselves. Units: base units."""

    experiments: list[str] = Field(min_length=1, max_length=50)
    round: str = Field(max_length=60)
    amounts: dict[str, int] = Field(default={}, max_length=20)


class RunsBody(Body):
    """Runs that were made, as CSV: job, arm, seed, value."""

    csv: str = Field(max_length=5_000_000)


class Ask(Body):
    """In which round; runs of each arm, where fewer are asked."""

    round: str = Field(max_length=60)
    runs: int | None = Field(default=None, ge=2, le=1_000_000)


class Extend(Body):
    """Runs of each arm, where fewer will do."""

    runs: int | None = Field(default=None, ge=2, le=1_000_000)


class Offer(Body):
    """Less than the minimum. Units: base units."""

    resource: str = Field(max_length=60)
    amount: int = Field(ge=1)
    why: str = Field(min_length=1, max_length=2000)


class Agreement(Body):
    """Whether the applicant agrees to less than the minimum."""

    agrees: bool


calls.listing(
    "/experiments/{slug}/steps",
    "project.see",
    experiment_commands.show,
    "experiment show",
    row=row("ExperimentStepRow", "number:n verb after by at:at seq:n facts"),
)
calls.listing(
    "/experiments/{slug}/looks",
    "project.see",
    experiment_commands.looks,
    "experiment looks",
    row=row("LookRow", LOOK),
)


@calls.rows(
    "/evidence/calibration",
    "project.see",
    "evidence calibration",
    row=row("CalibrationRow", CALIBRATION),
)
def calibration(_: Caller) -> list[Any]:
    """Lists how estimates turned out, by project."""
    return list(team_records(outcomes()))


@calls.rows("/experiments", "project.see", "experiment list", row=ExperimentAnswer)
def experiments(_: Caller, project: str = "") -> Found:
    """Lists experiments with where each stands."""
    return Found(rows=list_experiments(project), tell=_tell, newest_first=True)


@calls.read("/experiments/{slug}", "project.see", "experiment show", answer=ExperimentAnswer)
def show(_: Caller, slug: str) -> dict[str, object]:
    """Shows one experiment."""
    return _tell(find_experiment(slug))


@calls.rows("/experiments/{slug}/tranches", "project.see", "experiment tranches", row=TrancheRow)
def tranches(_: Caller, slug: str) -> list[dict[str, object]]:
    """Lists the parts of an award: held, released or returned."""
    return [
        {
            "number": one.number,
            "resource": one.resource.code,
            "amount": one.amount,
            "runs": one.runs,
            "state": one.state,
            "changed_at": one.changed_at,
        }
        for one in tranches_of(find_experiment(slug))
    ]


@calls.act("/experiments", "request.file", "experiment register", makes="/experiments/{slug}")
def register(caller: Caller, body: NewExperiment) -> Done:
    """Fixes claim, metric, smallest effect and seeds before any run; their hash is sealed."""
    parse_claim(body.claim.encode(), "claim", in_office=True)  # its faults name the field
    made = register_experiment(
        slug=body.slug,
        title=body.title,
        project=find_project(body.project),
        claim_toml=body.claim,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=made.slug, state=made.stage, words=f"claim sha256 {made.sha256}")


@calls.act("/pilots", "slate.propose", "experiment pilot")
def pilot(caller: Caller, body: Pilot) -> Done:
    """Approves a pilot at once; credits come out of the round's reserve."""
    rows = [find_experiment(slug) for slug in dict.fromkeys(body.experiments)]
    pay_for_pilot(
        experiments=rows,
        row=find_round(body.round),
        amounts=body.amounts,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=", ".join(one.slug for one in rows), state="approved")


@calls.act("/experiments/{slug}/runs", "request.file", "experiment report")
def report(caller: Caller, slug: str, body: RunsBody) -> Done:
    """Reports runs; what each cost is taken from the meter by its job."""
    held = find_experiment(slug)
    claim = question_of(held).claim
    given = parse_pilot(body.csv.encode(), "csv", claim=claim, resources={})
    metered, costs = meter_runs(held, given)
    fresh = record_runs(row=held, runs=metered, microcredits=costs, by=caller.user, now=caller.now)
    return Done(ref=slug, state=held.stage, words=f"{fresh} new runs")


@calls.act(
    "/experiments/{slug}/estimate", "project.see", "experiment estimate", answer=dict[str, Any]
)
def estimate(caller: Caller, slug: str) -> Any:
    """Estimates from the pilot what settles the claim."""
    held = find_experiment(slug)
    kept, found = keep_estimate(row=held, by=caller.user, now=caller.now)
    return {**estimate_facts(found, question_of(held).claim), "per_run": kept.per_run}


@calls.act("/experiments/{slug}/ask", "request.file", "experiment ask")
def ask(caller: Caller, slug: str, body: Ask) -> Done:
    """Files what settles the claim as a request, with the runs' metered use as its minimum."""
    made = ask_for(
        row=find_experiment(slug),
        round_row=find_round(body.round),
        by=caller.user,
        now=caller.now,
        runs=body.runs,
    )
    return Done(ref=made.ref, state=made.state)


@calls.act("/experiments/{slug}/looks", "project.see", "experiment look", answer=LookAnswer)
def look(caller: Caller, slug: str) -> dict[str, object]:
    """Judges the runs so far; the next tranche is released, or what is held goes back at once."""
    seen = look_at(row=find_experiment(slug), by=caller.user, now=caller.now)
    return {
        "look": seen.look + 1,
        "runs": seen.runs,
        "difference": seen.difference,
        "low": seen.low,
        "high": seen.high,
        "z": seen.z,
        "boundary": seen.boundary,
        "ending": seen.ending.value,
    }


@calls.act("/experiments/{slug}/extend", "slate.propose", "experiment extend")
def extend(caller: Caller, slug: str, body: Extend) -> Done:
    """Re-estimates from all runs and enlarges the last tranche: once, at most one and a half times."""
    held = find_experiment(slug)
    before, after = extend_award(row=held, by=caller.user, now=caller.now, runs=body.runs)
    words = f"{after} runs of each arm instead of {before}"
    return Done(ref=slug, state=held.stage, words=words)


@calls.act("/requests/{ref}/offer", "slate.propose", "request offer")
def offer(caller: Caller, ref: str, body: Offer) -> Done:
    """Offers less than the minimum, with what it can still show; the applicant has to agree."""
    made = offer_less(
        request=find_request(ref),
        resource=body.resource,
        amount=body.amount,
        why=body.why,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=ref, state=made.answer, words=made.still_shows)


@calls.act("/requests/{ref}/consent", "request.file", "request consent")
def consent(caller: Caller, ref: str, body: Agreement) -> Done:
    """Agrees to less than the minimum, or declines; either is sealed."""
    held = open_offer(find_request(ref))
    held = answer_offer(row=held, agrees=body.agrees, by=caller.user, now=caller.now)
    return Done(ref=ref, state=held.answer, words=held.still_shows)


def _tell(held: Any) -> dict[str, object]:
    return {
        "experiment": held.slug,
        "title": held.title,
        "project": held.project.slug,
        "stage": held.stage,
        "metric": held.metric,
        "request": held.request.ref if held.request else None,
        "power": held.power,
    }
