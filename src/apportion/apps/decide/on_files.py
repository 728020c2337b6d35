"""A round on plain files: imports no framework, so that it works where there is no office."""

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from apportion import __version__
from apportion.adapters.files.client import read_whole, write_whole
from apportion.adapters.files.parse import check_reviews, parse_requests, parse_reviews, parse_round
from apportion.adapters.files.parse_carried import with_carried
from apportion.adapters.files.render import decision_bytes, overview, summary
from apportion.apps.decide.elections import or_election
from apportion.core.decide.problem import Ask
from apportion.core.decide.recheck import recheck_ways_in
from apportion.core.decide.solve import WaysIn, decide
from apportion.core.faults import BadInput, Fault
from apportion.core.policy import Objective, Policy, TieBy
from apportion.core.review.calibration import Calibration, calibrate
from apportion.core.verify import Verdict, is_decision, verify_document
from apportion.core.verify.facts import Untrue
from apportion.core.verify.notes import parse_key
from apportion.core.verify.trust import Trust, parse_trust

TRUE, FALSE, BAD_INPUT = 0, 1, 2
NARROW, WIDE = 40, 200

ROUND = typer.Option(..., "--round", help="The policy: round.toml.")
REQUESTS = typer.Option(..., "--requests", help="What is asked: requests.csv.")
REVIEWS = typer.Option(None, "--reviews", help="Opinions: reviews.csv, for odds and ties.")
CARRIED = typer.Option(None, "--carried", help="The round before: what its decision left owed.")
OUT = typer.Option(..., "--out", help="Where the decision goes: decision.json.")
OBJECTIVE = typer.Option("", "--objective", help=f"Instead of the round's: {', '.join(Objective)}.")
WAYS = typer.Option(
    WaysIn.AUTO.value,
    "--counterfactuals",
    help="Ways in: exact solves again, bracket bounds scores, estimate does neither.",
)
AS_JSON = typer.Option(False, "--json", help="As JSON.")
TIMINGS = typer.Option(False, "--timings", help="Write CPU seconds to a file beside the decision.")
RESOLVE = typer.Option(False, "--counterfactuals", help="Solve every verified way in again.")
FILE = typer.Argument(..., help="A decision.json, receipt, checkpoint or record.json.")
KEY = typer.Option("", "--key", help="Of a receipt: the office's key, as it publishes it.")
TRUST = typer.Option(None, "--trust", help="Of a receipt: keys of journals and witnesses, quorum.")


def register_files(app: typer.Typer) -> None:
    """Adds the verbs that need only files."""
    app.command("decide")(or_election(decide_files))
    app.command("verify")(verify_file)


def decide_files(  # noqa: PLR0913  a command is its options
    round_file: Path = ROUND,
    requests_file: Path = REQUESTS,
    out: Path = OUT,
    *,
    reviews_file: Path | None = REVIEWS,
    carried_file: Path | None = CARRIED,
    objective: str = OBJECTIVE,
    ways_in: str = WAYS,
    timings: bool = TIMINGS,
    as_json: bool = AS_JSON,
) -> int:
    """Decide a round on files: who is in, who is not yet, why, and the nearest way in."""
    started = time.process_time()
    try:
        policy, asks = _inputs(round_file, requests_file, objective)
        if carried_file is not None:
            policy = with_carried(policy, read_whole(carried_file), str(carried_file))
        calibration = _opinions(reviews_file, round_file, policy, asks)
        ways = _ways(ways_in)
        _check_folder(out)
        read = time.process_time()
        decision = decide(policy=policy, asks=asks, ways_in=ways, calibration=calibration)
        decided = time.process_time()
        write_whole(out, decision_bytes(decision, engine_version=__version__))
        if timings:
            spent = {"read": read - started, "decide": decided - read}
            write_whole(out.with_name(f"{out.name}.timings.json"), _timings(spent))
    except BadInput as bad:
        typer.echo("\n".join(map(str, bad.faults)), err=True)
        return BAD_INPUT
    if as_json:
        typer.echo(json.dumps(summary(decision) | {"out": str(out)}, ensure_ascii=False))
    else:
        width = min(WIDE, max(NARROW, shutil.get_terminal_size((100, 24)).columns))
        typer.echo(overview(decision, width=width), nl=False)
    return TRUE


def verify_file(
    file: Path = FILE,
    *,
    counterfactuals: bool = RESOLVE,
    key: str = KEY,
    trust_file: Path | None = TRUST,
    as_json: bool = AS_JSON,
) -> int:
    """Check a decision, receipt, checkpoint, proof or public record from its file alone."""
    try:
        data = read_whole(file)
        trust = read_trust(key=key, file=trust_file)
    except BadInput as bad:
        typer.echo("\n".join(map(str, bad.faults)), err=True)
        return BAD_INPUT
    verdict = verify_document(data, trust=trust)
    if verdict.holds and counterfactuals and is_decision(data):
        verdict = _resolve(data, verdict)
    if as_json:
        told = {"holds": verdict.holds, "fault": verdict.fault, "checked": list(verdict.checked)}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        for line in verdict.checked:
            typer.echo(f"  holds: {line}")
        typer.echo(f"{file}: true" if verdict.holds else f"{file}: false: {verdict.fault}")
    return TRUE if verdict.holds else FALSE


def read_trust(*, key: str, file: Path | None) -> Trust | None:
    """Reads whom the caller trusts: one key, or a policy with witnesses.

    Raises: BadInput where it cannot be read.
    """
    if not key and file is None:
        return None
    try:
        trust = parse_trust(read_whole(file).decode()) if file else Trust(logs=())
        return replace(trust, logs=(*trust.logs, parse_key(key))) if key else trust
    except (Untrue, UnicodeDecodeError) as error:
        remedy = "Write a key as the office publishes it, NAME+ID+KEY"
        where = str(file or "--key")
        raise BadInput([Fault(file=where, what=str(error), remedy=remedy)]) from None


def _inputs(
    round_file: Path, requests_file: Path, objective: str
) -> tuple[Policy, tuple[Ask, ...]]:
    """Reads both files; the requests are read only under a policy that is right."""
    held = read_whole(round_file), read_whole(requests_file)
    policy = _with_objective(parse_round(held[0], str(round_file)), objective)
    return policy, parse_requests(held[1], str(requests_file), policy)


def _opinions(
    file: Path | None, round_file: Path, policy: Policy, asks: tuple[Ask, ...]
) -> Calibration | None:
    """Reads how sure scores are; a lottery on files needs a promised seed, or leave to do without."""
    if file is None:
        return None
    rule = policy.ties
    promised = policy.tie_commitment is not None or rule.allow_uncommitted
    if rule.by is TieBy.LOTTERY and not promised:
        what = "a lottery whose seed nobody promised"
        remedy = "Add tie_commitment, or allow_uncommitted = true if that is meant"
        where = "decide.ties.by"
        raise BadInput([Fault(file=str(round_file), what=what, remedy=remedy, field=where)])
    marks = parse_reviews(read_whole(file), str(file))
    check_reviews(marks, asks, str(file))
    return calibrate(marks)


def _timings(spent: dict[str, float]) -> bytes:
    """CPU seconds live beside the decision, never in it: the same input gives the same bytes."""
    told = {f"{name}_cpu_seconds": f"{seconds:.6f}" for name, seconds in spent.items()}
    return json.dumps(told, sort_keys=True).encode() + b"\n"


def _resolve(data: bytes, verdict: Verdict) -> Verdict:
    """Solves each verified way in again, and the same with one tick less."""
    document: dict[str, Any] = json.loads(data)
    count, faults = recheck_ways_in(document)
    if faults:
        return Verdict(holds=False, fault=faults[0], checked=verdict.checked)
    told = f"{count} verified ways in, each solved again and with one tick less"
    return Verdict(holds=True, checked=(*verdict.checked, told))


def _ways(text: str) -> WaysIn:
    if text not in list(WaysIn):
        remedy = f"Write one of {', '.join(WaysIn)}"
        raise BadInput(
            [Fault(file="--counterfactuals", what="not known", remedy=remedy, value=text)]
        )
    return WaysIn(text)


def _with_objective(policy: Policy, text: str) -> Policy:
    if not text:
        return policy
    if text not in list(Objective):
        remedy = f"Write one of {', '.join(Objective)}"
        raise BadInput(
            [Fault(file="--objective", what="not an objective", remedy=remedy, value=text)]
        )
    return replace(policy, objective=Objective(text))


def _check_folder(out: Path) -> None:
    if not out.absolute().parent.is_dir() or out.is_dir():
        remedy = "Name a file in a folder that exists"
        raise BadInput([Fault(file=str(out), what="cannot be written", remedy=remedy)])
