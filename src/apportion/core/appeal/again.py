"""The round run again with the facts of an appeal, and the slate by which one is upheld.

Two questions are answered, and kept apart. *What would have been decided* had the facts been known:
the whole round, solved again. *What is decided now*: everybody else keeps, to the base unit, what
they have, the appeals reserve is opened, and the request gets what the ruling says. The second is a
round like any other, certified and verified like any other.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from apportion.core.appeal.life import Changed
from apportion.core.decide.compare import Comparison, compare
from apportion.core.decide.document import document_of, with_digests
from apportion.core.decide.overrides import Moved, Override, is_pin, stated, with_overrides
from apportion.core.decide.problem import Ask, least_steps
from apportion.core.decide.snapshot import asks_from, canonical_bytes, policy_from
from apportion.core.decide.solve import decide
from apportion.core.decide.ways import WaysIn
from apportion.core.ids import GroupId, RequestId, ResourceCode
from apportion.core.policy import Group, Objective, Policy, TieRule
from apportion.core.refusals import Code, Refusal

Document = Mapping[str, Any]
HELD = "It is as it was decided; an appeal takes nothing from anybody."


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The round decided again with new facts, beside what was decided."""

    document: dict[str, Any]
    comparison: Comparison


def with_facts(ask: Ask, changed: Changed) -> Ask:
    """The request as it should have stood."""
    minimum = {**ask.minimum, **{ResourceCode(k): v for k, v in changed.minimum.items()}}
    full = {**ask.ask, **{ResourceCode(k): v for k, v in changed.ask.items()}}
    score = ask.score if changed.score is None else changed.score
    return replace(ask, minimum=minimum, ask=full, score=score)


def check_changed(before: Document, ref: str, changed: Changed) -> Refusal | None:
    """Checks that new facts are about what was asked, and possible.

    Refuses: NOT_FOUND, OUT_OF_RANGE, MINIMUM_ABOVE_ASK.
    """
    mine = next((ask for ask in asks_from(before["snapshot"]) if ask.id == ref), None)
    if mine is None:
        return _say(Code.NOT_FOUND, ref, "It was not decided in this round.")
    strange = (set(changed.minimum) | set(changed.ask)) - set(mine.ask)
    if strange:
        remedy = f"It asked for {', '.join(sorted(mine.ask))} and nothing else."
        return _say(Code.OUT_OF_RANGE, ref, remedy, resource=min(strange))
    for code, full in changed.ask.items():
        if not 0 < full <= mine.ask[ResourceCode(code)]:
            remedy = "An appeal asks for no more than the request did; ask for a supplement."
            return _say(Code.OUT_OF_RANGE, ref, remedy, resource=code)
    after = with_facts(mine, changed)
    for code, least in after.minimum.items():
        if not 0 < least <= after.ask[code]:
            remedy = "Name a minimum above nothing, and no larger than the ask."
            return _say(Code.MINIMUM_ABOVE_ASK, ref, remedy, resource=code)
    return None


def run_again(before: Document, ref: str, changed: Changed, *, engine_version: str) -> Again:
    """Decides the whole round again as if the facts had been known."""
    policy, asks = policy_from(before["snapshot"]), asks_from(before["snapshot"])
    fresh = [with_facts(ask, changed) if ask.id == ref else ask for ask in asks]
    decision = decide(policy=policy, asks=fresh, ways_in=WaysIn.ESTIMATE)
    document = document_of(decision, engine_version=engine_version)
    return Again(document=document, comparison=compare(before, document))


def amounts_at(first: Document, ref: str, changed: Changed, share: Fraction) -> dict[str, int]:
    """Counts what a share of the ask comes to. Units: base units by resource."""
    asks = asks_from(first["snapshot"])
    mine = with_facts(next(ask for ask in asks if ask.id == ref), changed)
    steps = max(mine.ask.values())
    return {code: int(steps * share) * full // steps for code, full in mine.ask.items()}


def uphold(
    first: Document,
    before: Document,
    ref: str,
    changed: Changed,
    share: Fraction,
    *,
    engine_version: str,
) -> dict[str, Any] | Refusal:
    """Makes the slate that gives a request its share of the ask and everybody else what they have.

    Units: share as a part of the ask, rounded down to whole base units.
    Shape: `first` is the slate that is appealed, `before` the one in force, by another appeal perhaps.

    Refuses: BELOW_MINIMUM, NOT_ENOUGH where pool or caps cannot carry it.
    """
    awards = {award["request"]: award["amounts"] for award in before["awards"]}
    policy, asks = policy_from(first["snapshot"]), asks_from(first["snapshot"])
    mine = _unpinned(policy, with_facts(next(ask for ask in asks if ask.id == ref), changed))
    steps = max(mine.ask.values())
    taken = int(steps * share)
    if not least_steps(mine) <= taken <= steps:
        remedy = "Uphold it at its minimum or above, up to the ask; or send it back."
        return _say(Code.BELOW_MINIMUM, ref, remedy, percent=int(share * 100))
    policy, mine = _opened(policy, mine, taken)
    held = [mine if ask.id == ref else _fixed(policy, ask, awards[ask.id]) for ask in asks]
    out = [
        Override(moved=Moved.OUT, owner=ask.id, why=HELD)
        for ask in asks
        if ask.id != ref and not any(awards[ask.id].values())
    ]
    policy, moved = with_overrides(policy, held, out)
    decision = decide(policy=policy, asks=moved, ways_in=WaysIn.ESTIMATE)
    given = {award.request: dict(award.amounts) for award in decision.awards}
    wanted = amounts_at(first, ref, changed, share)
    others = [name for name, amounts in awards.items() if name != ref and given[name] != amounts]
    if given[RequestId(ref)] != wanted or others:
        remedy = "Pool, caps or links cannot carry so much beside what others have; uphold less."
        return _say(Code.NOT_ENOUGH, ref, remedy)
    document = document_of(decision, engine_version=engine_version)
    document |= {
        "overrides": stated(out),
        "parent_sha256": hashlib.sha256(canonical_bytes(before)).hexdigest(),
        "appeal_of": ref,
    }
    return with_digests(document)


def _opened(policy: Policy, mine: Ask, taken: int) -> tuple[Policy, Ask]:
    """The policy with the appeals reserve open, and the request under a cap of its own."""
    dominant = max(mine.ask, key=lambda code: mine.ask[code])
    cap = Group(id=GroupId(f"appeal {mine.id}"), cap={dominant: taken})
    opened = replace(
        policy,
        appeals_share=Fraction(0),
        objective=Objective.MERIT,
        ties=TieRule(),
        gap=Fraction(0),
        carried={},
        areas=tuple(area for area in policy.areas if not is_pin(area.id)),
        groups=(*(group for group in policy.groups if not is_pin(group.id)), cap),
    )
    return opened, replace(mine, groups=(*mine.groups, cap.id))


def _fixed(policy: Policy, ask: Ask, amounts: Mapping[str, int]) -> Ask:
    """A request that keeps what it has, no more and no less; pins by hand are made anew."""
    ask = _unpinned(policy, ask)
    if not any(amounts.values()):
        return ask
    held = {ResourceCode(code): amount for code, amount in amounts.items() if amount}
    return replace(ask, ask=held, minimum=held, value=None, value_at_minimum=None)


def _unpinned(policy: Policy, ask: Ask) -> Ask:
    """A request without what the board pinned by hand; its area is again its own."""
    parents = {area.id: area.parent for area in policy.areas}
    area = (parents[ask.area] or ask.area) if is_pin(ask.area) else ask.area
    groups = tuple(name for name in ask.groups if not is_pin(name))
    return replace(ask, area=area, groups=groups)


def _say(code: Code, ref: str, remedy: str, **numbers: int | str) -> Refusal:
    return Refusal(code=code, subject=f"appeal of {ref}", remedy=remedy, numbers=numbers)
