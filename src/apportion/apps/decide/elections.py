"""`apportion decide --election`: an election in a file, decided by a rule that is named."""

import functools
import inspect
import json
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

import typer

from apportion.adapters.files.client import read_whole
from apportion.adapters.files.faults import near
from apportion.adapters.pabulib.parse import parse_election
from apportion.core.decide.rules.elect import Elected, Rule, elect
from apportion.core.decide.rules.election import Satisfaction
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Refused

DONE, REFUSED, BAD_INPUT = 0, 1, 2
Named = TypeVar("Named", Rule, Satisfaction)

FLAGS: tuple[tuple[str, Any, Any], ...] = (
    (
        "election",
        Path | None,
        typer.Option(None, "--election", help="Instead of a round: a Pabulib file."),
    ),
    ("rule", str, typer.Option("", "--rule", help=f"Of an election: {', '.join(Rule)}.")),
    (
        "satisfaction",
        str,
        typer.Option("", "--satisfaction", help=f"Of an election: {', '.join(Satisfaction)}."),
    ),
    (
        "complete",
        bool,
        typer.Option(False, "--complete", help="Of an election: spend what is left, greedily."),
    ),
)


def or_election(decide_round: Callable[..., int]) -> Callable[..., int]:
    """Lets a command that decides a round also decide an election, if one is given."""
    signature = inspect.signature(decide_round)
    needed = [name for name, part in signature.parameters.items() if part.default.default is ...]

    @functools.wraps(decide_round)
    def command(**given: Any) -> int:
        flags = {name: given.pop(name) for name, _, _ in FLAGS}
        if flags["election"] is not None:
            _refuse_both([signature.parameters[n].default for n in needed if given[n] is not None])
            return _decide_election(as_json=given["as_json"], **flags)
        stray = [name for name, value in flags.items() if value]
        if stray:
            raise typer.BadParameter(f"--{stray[0]} belongs to an election: add --election FILE")
        missing = [signature.parameters[n].default for n in needed if given[n] is None]
        if missing:
            raise typer.BadParameter(f"Missing option '{missing[0].param_decls[0]}'.")
        return decide_round(**given)

    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=kind)
        for name, kind, option in FLAGS
    ]
    parts = [
        _optional(part) if part.name in needed else part for part in signature.parameters.values()
    ]
    command.__signature__ = signature.replace(parameters=[*parts, *added])  # type: ignore[attr-defined]  # what typer reads
    command.__annotations__ = {part.name: part.annotation for part in (*parts, *added)}
    return command


def _optional(part: inspect.Parameter) -> inspect.Parameter:
    option = copy(part.default)
    option.default = None
    return part.replace(default=option, annotation=part.annotation | None)


def _refuse_both(given: list[Any]) -> None:
    if given:
        raise typer.BadParameter(f"{given[0].param_decls[0]} belongs to a round, not an election")


def _decide_election(
    *, election: Path, rule: str, satisfaction: str, complete: bool, as_json: bool
) -> int:
    try:
        chosen = _named(Rule, rule, "--rule")
        counted = _named(Satisfaction, satisfaction, "--satisfaction") if satisfaction else None
        held = parse_election(read_whole(election), str(election))
        elected = elect(held, rule=chosen, satisfaction=counted, complete=complete)
    except BadInput as bad:
        typer.echo("\n".join(map(str, bad.faults)), err=True)
        return BAD_INPUT
    except Refused as refused:
        typer.echo("\n".join(map(str, refused.refusals)), err=True)
        return REFUSED
    typer.echo(_as_json(elected) if as_json else _as_text(elected))
    return DONE


def _named(kind: type[Named], text: str, flag: str) -> Named:
    if text not in list(kind):
        raise BadInput([Fault(file=flag, what="not known", remedy=near(text, kind), value=text)])
    return kind(text)


def _as_json(elected: Elected) -> str:
    cost = _money(elected.cost, elected.scale)
    return json.dumps({"selected": list(elected.selected), "cost": cost}, ensure_ascii=False)


def _as_text(elected: Elected) -> str:
    cost, budget = (_money(n, elected.scale) for n in (elected.cost, elected.budget))
    told = f"{len(elected.selected)} projects for {cost:,} of {budget:,}"
    return "\n".join([told, *(f"  {name}" for name in elected.selected)])


def _money(amount: int, scale: int) -> int | float:
    """Writes an amount in the election's own money, whole where it is."""
    return amount // scale if amount % scale == 0 else amount / scale
