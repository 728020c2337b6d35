"""Previews and what they were made from as JSON: what signers read, and what is hashed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from apportion.core.directive.facts import World
from apportion.core.directive.preview import Preview
from apportion.core.directive.terms import Terms

SCHEMA = "apportion.directive-preview/1"
LENDING = ("lender", "borrower", "resource", "amount", "premium")
LOSER = ("project", "area", "resource", "minimum", "awarded", "sunk", "lent", "reach")
FLOOR = ("area", "resource", "floor", "kept")


def describe_preview(
    preview: Preview, terms: Terms, world: World, *, replay: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Writes a preview whole: its terms, loans, losers, broken promises, and a replay if there is one.

    Units: base units; staff in seconds of one person.
    """
    moved: dict[str, dict[str, int]] = {}
    for loser in preview.losers:
        of_area = moved.setdefault(loser.area, {})
        of_area[loser.resource] = of_area.get(loser.resource, 0) + loser.lent
    return {
        "schema": SCHEMA,
        "ref": terms.ref,
        "for": terms.target,
        "mode": terms.mode.value,
        "from": terms.window.starts_at.isoformat(),
        "until": terms.window.ends_at.isoformat(),
        "payback": {
            "rate": f"{float(terms.payback.rate):g}",
            "by": terms.payback.by.isoformat(),
            "premium": sum(lending.premium for lending in preview.lendings),
        },
        "made_from": fingerprint(world),
        "moved": moved,
        "staff": dict(terms.staff),
        "lendings": [_plain(one, LENDING) for one in preview.lendings],
        "losers": [
            _plain(one, LOSER) | {"under_minimum": one.falls_under} for one in preview.losers
        ],
        "floors": [_plain(one, FLOOR) for one in preview.floors],
        "shelved": [
            {
                "project": shelving.project,
                "at": shelving.at.isoformat(),
                "holds": [
                    {"resource": resource, "sunk": sunk, "left": left}
                    for project, resource, sunk, left in preview.shelved
                    if project == shelving.project
                ],
            }
            for shelving in terms.shelved
        ],
        "replay": dict(replay) if replay else None,
    }


def write_document(document: Mapping[str, Any]) -> bytes:
    """Writes JSON in one way only, so that it can be hashed."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def fingerprint(world: World) -> str:
    """Hashes all that a preview is made from: another hash says that the books have moved."""
    red = world.policy.code_red
    facts = {
        "credits": [world.credits.starts_at.isoformat(), world.credits.ends_at.isoformat()],
        "pool": dict(world.policy.pool),
        "areas": [[a.id, a.parent, dict(a.floor)] for a in world.policy.areas],
        "code_red": [red.signers, list(red.exempt), red.notice_days],
        "holders": sorted(
            [h.project, h.area, h.resource, h.minimum, h.awarded, h.pending, h.used, h.available]
            for h in world.holders
        ),
        "standing": sorted(
            [one.ref, one.window.starts_at.isoformat(), one.window.ends_at.isoformat()]
            for one in world.standing
        ),
        "closed_before": world.closed_before.isoformat() if world.closed_before else None,
    }
    return hashlib.sha256(write_document(facts)).hexdigest()


def _plain(value: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
