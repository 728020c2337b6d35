"""Previews and what they were made from as JSON: what signers read, and what is hashed."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apportion.core.directive.facts import World
from apportion.core.directive.preview import Lending, Preview, price_again
from apportion.core.directive.terms import Terms

SCHEMA = "apportion.directive-preview/1"
LENDING = ("lender", "borrower", "resource", "amount", "premium")
LOSER = ("project", "area", "resource", "minimum", "awarded", "sunk", "lent", "reach")
FLOOR = ("area", "resource", "floor", "kept")


def describe_preview(
    preview: Preview,
    terms: Terms,
    world: World,
    *,
    replays: Sequence[Mapping[str, Any]] = (),
    attached: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Writes a preview whole: its terms, loans, losers, broken promises, and what replays told.

    Shape: a replay for each resource that is taken, or why there is none; and one that somebody
        attached, as it came.
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
        "replays": [dict(replay) for replay in replays],
        "replay": dict(attached) if attached else None,
    }


def signed_loans(document: Mapping[str, Any]) -> tuple[Lending, ...]:
    """Reads the loans that a preview names: what signers signed, to the unit."""
    return tuple(Lending(**{name: one[name] for name in LENDING}) for one in document["lendings"])


def is_stale(document: Mapping[str, Any], terms: Terms, world: World) -> bool:
    """Says whether a preview's words are not true any more in a way that matters to who signed it.

    Usage alone does not make it stale. It is stale where policy, awards, the credits' period or
    another directive have changed; where a lender has not left what it was to lend; and where a
    project falls under its minimum, or a floor breaks, that the preview does not name.
    """
    if document["made_from"] != fingerprint(world):
        return True
    now = price_again(signed_loans(document), terms, world)
    if now is None:
        return True
    named = {
        (one["project"], one["resource"]) for one in document["losers"] if one["under_minimum"]
    }
    floors = {(one["area"], one["resource"]) for one in document["floors"]}
    return not (
        {(one.project, one.resource) for one in now.under_minimum} <= named
        and {(one.area, one.resource) for one in now.floors} <= floors
    )


def has_replay(document: Mapping[str, Any]) -> bool:
    """Says whether it carries a replay of each resource that it takes, or why there is none."""
    told: Iterable[Mapping[str, Any]] = document.get("replays") or ()
    found = {one["resource"] for one in told if one.get("reason") or one.get("answer")}
    taken = {one["resource"] for one in document["lendings"]}
    return bool(document.get("replay")) or (bool(found) and taken <= found)


def write_document(document: Mapping[str, Any]) -> bytes:
    """Writes JSON in one way only, so that it can be hashed."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def fingerprint(world: World) -> str:
    """Hashes what people decided and a preview rests on; usage moves without changing it."""
    red = world.policy.code_red
    facts = {
        "credits": [world.credits.starts_at.isoformat(), world.credits.ends_at.isoformat()],
        "pool": dict(world.policy.pool),
        "areas": [[a.id, a.parent, dict(a.floor)] for a in world.policy.areas],
        "code_red": [red.signers, list(red.exempt), red.notice_days],
        "holders": sorted(
            [h.project, h.area, h.resource, h.minimum, h.awarded]
            for h in world.holders
            if h.awarded
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
