"""How much compute would settle a claim, on plain files: needs no office."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer

from apportion.adapters.files.client import read_whole, write_whole
from apportion.adapters.files.parse_claim import Question, parse_claim
from apportion.adapters.files.parse_pilot import parse_pilot, parse_scaling_runs
from apportion.adapters.files.render_evidence import (
    estimate_facts,
    estimate_text,
    portfolio_facts,
    portfolio_text,
)
from apportion.adapters.svg.finds import draw_finds
from apportion.adapters.svg.marks import Svg, stand_alone
from apportion.adapters.svg.power_curve import Mark, PowerCurve, draw_power_curve
from apportion.core.evidence.claim import Run
from apportion.core.evidence.estimate import Estimate, Verdict, estimate
from apportion.core.evidence.portfolio import World, compare_rules
from apportion.core.evidence.scaling import PARAMETERS_PER_SIZE, fit_law
from apportion.core.faults import BadInput, Fault
from apportion.core.units import MICROCREDITS_PER_CREDIT, NotAQuantity, parse_credits

evidence = typer.Typer(help="How much compute would settle a claim.", no_args_is_help=True)
DONE, REFUSED = 0, 1
SIZES = 2
CLAIM = typer.Option(..., "--claim", help="What is claimed: claim.toml.")
PILOT = typer.Option(None, "--pilot", help="Runs of the pilot: pilot.csv.")
OFFER = typer.Option("", "--offer", help="Credits on offer, to be judged.")
RUNS = typer.Option(..., "--runs", help="Runs with params, tokens, loss: runs.csv.")
PICTURE = typer.Option(None, "--svg", help="Draw it into this file.")
AS_JSON = typer.Option(False, "--json", help="As JSON.")
PROJECTS = typer.Option(40, "--projects", min=2, max=1000, help="Projects that ask.")
TRUE_SHARE = typer.Option(0.3, "--true-share", min=0.01, max=0.99, help="Claims that are true.")
BUDGET = typer.Option([120, 240, 480, 1040], "--budget", min=2, help="Pairs of runs; repeatable.")
NOISE = typer.Option([0.8, 50.0], "--noise", min=0, help="Noise of the scores; repeatable.")
REPEATS = typer.Option(300, "--repeats", min=1, max=100_000, help="Games to average over.")
SEED = typer.Option(0, "--seed", min=0, help="Same seed, same numbers.")


@evidence.command("estimate")
def estimate_files(
    claim_file: Path = CLAIM,
    pilot_file: Path | None = PILOT,
    *,
    offer: str = OFFER,
    svg: Path | None = PICTURE,
    as_json: bool = AS_JSON,
) -> int:
    """Estimate the credits that settle a claim, and what other amounts can still show.

    Exit 1 where there is no number: the pilot is missing, too small or does not fit the claim.
    """
    question = _with_offer(parse_claim(read_whole(claim_file), str(claim_file)), offer)
    pilot: tuple[Run, ...] = ()
    if pilot_file is not None:
        pilot = parse_pilot(
            read_whole(pilot_file),
            str(pilot_file),
            claim=question.claim,
            resources=question.resources,
        )
    found = estimate(
        question.claim,
        pilot,
        question.prices,
        question.policy,
        offer=question.offer,
        registered=question.registered,
    )
    if svg is not None:
        write_whole(svg, stand_alone(_curve(found, question)).encode())
    if as_json:
        typer.echo(json.dumps(estimate_facts(found, question.claim), ensure_ascii=False))
    else:
        typer.echo(estimate_text(found, question.claim, width=_width()))
    return DONE if found.verdict in {Verdict.SUFFICIENT, Verdict.UNDERPOWERED} else REFUSED


@evidence.command("scaling-fit")
def scaling_fit(runs_file: Path = RUNS, *, as_json: bool = AS_JSON) -> int:
    """Fit L = E + A/N^alpha + B/D^beta to runs, by robust least squares on log losses."""
    runs = parse_scaling_runs(read_whole(runs_file), str(runs_file))
    least = 1 + PARAMETERS_PER_SIZE * SIZES
    if len(runs.losses) < least:
        what = f"{len(runs.losses)} runs do not determine five numbers"
        raise BadInput([Fault(file=str(runs_file), what=what, remedy=f"Give {least} or more")])
    law = fit_law(np.array(runs.sizes), np.array(runs.losses))
    told: Mapping[str, float] = {
        "A": law.factors[0],
        "B": law.factors[1],
        "E": law.floor,
        "alpha": law.exponents[0],
        "beta": law.exponents[1],
        "objective": law.objective,
    }
    if as_json:
        typer.echo(json.dumps({**told, "runs": len(runs.losses), "left_out": runs.left_out}))
    else:
        typer.echo("L = E + A / params^alpha + B / tokens^beta")
        typer.echo("\n".join(f"{name:>9}  {value:.7g}" for name, value in told.items()))
        typer.echo(f"{len(runs.losses)} runs, {runs.left_out} left out as outliers")
    return DONE


@evidence.command("portfolio")
def portfolio(  # noqa: PLR0913  one flag for each number of the comparison
    projects: int = PROJECTS,
    true_share: float = TRUE_SHARE,
    budget: list[int] = BUDGET,
    noise: list[float] = NOISE,
    repeats: int = REPEATS,
    seed: int = SEED,
    *,
    svg: Path | None = PICTURE,
    as_json: bool = AS_JSON,
) -> int:
    """Compare ways to split a budget: true finds and false ones, thin splits included."""
    found = compare_rules(
        World(projects=projects, true_share=true_share),
        budgets=sorted(set(budget)),
        noises=sorted(set(noise)),
        repeats=repeats,
        seed=seed,
        progress=_progress(),
    )
    if svg is not None:
        write_whole(svg, stand_alone(draw_finds(found)).encode())
    typer.echo(json.dumps(portfolio_facts(found)) if as_json else portfolio_text(found))
    return DONE


def _with_offer(question: Question, offer: str) -> Question:
    if not offer:
        return question
    try:
        amount = parse_credits(offer)
    except NotAQuantity as error:
        fault = Fault(file="--offer", what=error.what, remedy=error.remedy, value=offer)
        raise BadInput([fault]) from None
    return replace(question, offer=replace(question.offer, offer=amount))


def _curve(found: Estimate, question: Question) -> Svg:
    return draw_power_curve(
        PowerCurve(
            label=f"Power over credits to see {question.claim.effect:g} {question.claim.unit}",
            points=tuple((p.microcredits / MICROCREDITS_PER_CREDIT, p.power) for p in found.curve),
            marks=tuple(
                Mark(
                    name=shown.name,
                    amount=shown.microcredits / MICROCREDITS_PER_CREDIT,
                    power=shown.power,
                )
                for shown in found.shown
            ),
            wanted=question.claim.power,
        )
    )


def _progress() -> Callable[[int, int], None]:
    """Tells how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda _done, _of: None
    return lambda done, of: typer.echo(
        f"\r{done} of {of}" + ("\n" if done == of else ""), err=True, nl=False
    )


def _width() -> int:
    return min(120, max(40, shutil.get_terminal_size((100, 24)).columns))
