"""A policy to round.toml, for rounds that the office makes itself: urgent ones and fast lanes."""

import json
from collections.abc import Collection, Mapping, Sequence

from apportion.core.policy import Area, Policy
from apportion.core.units import DisplayUnit, format_quantity


def render_small_round(
    policy: Policy,
    *,
    name: str,
    pool: Mapping[str, int],
    seed: str,
    signers: int,
    conflicts: Collection[str] | None = None,
) -> str:
    """Writes a round with a pool of its own and the areas of another policy, without floors and caps.

    `conflicts` are the ties that keep somebody from signing; None: all that are known.

    Units: pool in base units; only its resources are part of the round.
    """
    lines = ['schema = "apportion.round/1"', f"name = {_quoted(name)}"]
    for code in pool:
        lines += [f"[resources.{_quoted(code)}]", f"unit = {_quoted(str(_unit(policy, code)))}"]
    lines.append("[pool]")
    lines += [f"{_quoted(c)} = {format_quantity(n, _unit(policy, c))}" for c, n in pool.items()]
    lines += _areas(policy.areas)
    lines += ["[decide]", 'objective = "merit"', f"tie_seed = {_quoted(seed)}"]
    lines += ["[board]", f"signers = {signers}"]
    if conflicts is not None:
        lines.append(f"conflicts = [{', '.join(map(_quoted, sorted(conflicts)))}]")
    return "\n".join(lines) + "\n"


def _unit(policy: Policy, code: str) -> DisplayUnit:
    return next(resource.unit for name, resource in policy.resources.items() if name == code)


def _areas(areas: Sequence[Area]) -> list[str]:
    lines = []
    for area in areas:
        lines += ["[[areas]]", f"id = {_quoted(area.id)}", f"name = {_quoted(area.name)}"]
        if area.parent is not None:
            lines.append(f"parent = {_quoted(area.parent)}")
    return lines


def _quoted(text: str) -> str:
    """Quotes a text as TOML does; its basic strings are JSON's where no sign is spelled by two."""
    return json.dumps(text, ensure_ascii=False)
