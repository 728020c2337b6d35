"""What makes a request complete."""

from collections.abc import Mapping
from dataclasses import dataclass

from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Policy
from apportion.core.refusals import Code, Refusal, by_precedence
from apportion.core.units import format_quantity

QUESTION_CHARACTERS = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request as its author has it. Units: minimum and ask in base units."""

    ref: str
    area: AreaId
    title: str
    question: str
    minimum: Mapping[ResourceCode, int]
    ask: Mapping[ResourceCode, int]
    groups: tuple[str, ...] = ()


def check_draft(draft: Draft, policy: Policy) -> tuple[Refusal, ...]:
    """Lists what keeps a draft from being submitted, the most basic first.

    Refuses: INCOMPLETE, NOTHING_ASKED, MINIMUM_ABOVE_ASK, OUT_OF_RANGE, NOT_FOUND.
    """
    found: list[Refusal] = []
    if not draft.title.strip() or not draft.question.strip():
        found.append(_refuse(draft, Code.INCOMPLETE, "Write a title and what you will find out."))
    if len(draft.question) > QUESTION_CHARACTERS:
        found.append(
            _refuse(draft, Code.OUT_OF_RANGE, f"Use at most {QUESTION_CHARACTERS} characters.")
        )
    if draft.area not in {area.id for area in policy.areas}:
        found.append(_refuse(draft, Code.NOT_FOUND, f"The round has no area {draft.area!r}."))
    known_groups = {group.id for group in policy.groups}
    found += [
        _refuse(draft, Code.NOT_FOUND, f"The round has no group {group!r}.")
        for group in draft.groups
        if group not in known_groups
    ]
    if not any(draft.ask.values()):
        found.append(_refuse(draft, Code.NOTHING_ASKED, "Ask for at least one resource."))
    for resource in sorted(set(draft.ask) | set(draft.minimum)):
        found += _check_amount(draft, policy, resource)
    return by_precedence(found)


def _check_amount(draft: Draft, policy: Policy, resource: ResourceCode) -> list[Refusal]:
    if resource not in policy.pool:
        return [_refuse(draft, Code.NOT_FOUND, f"The pool has no resource {resource!r}.")]
    minimum, ask = draft.minimum.get(resource, 0), draft.ask.get(resource, 0)
    unit = policy.resources[resource].unit
    shown = {"minimum": format_quantity(minimum, unit), "ask": format_quantity(ask, unit)}
    if minimum > ask:
        remedy = "Lower the minimum, or ask for more."
        return [_refuse(draft, Code.MINIMUM_ABOVE_ASK, remedy, {"resource": resource, **shown})]
    if minimum <= 0:
        remedy = f"Give the smallest useful amount of {resource}: more than zero."
        return [_refuse(draft, Code.OUT_OF_RANGE, remedy, {"resource": resource, **shown})]
    awardable = policy.awardable(resource)
    if minimum > awardable:
        remedy = f"The round can award {format_quantity(awardable, unit)} {unit}s in all."
        return [_refuse(draft, Code.OUT_OF_RANGE, remedy, {"resource": resource, **shown})]
    return []


def _refuse(
    draft: Draft, code: Code, remedy: str, numbers: Mapping[str, int | str] | None = None
) -> Refusal:
    return Refusal(code=code, subject=draft.ref, remedy=remedy, numbers=dict(numbers or {}))
