"""Who may ask in a round, told before anybody starts to write."""

from collections.abc import Mapping
from dataclasses import dataclass

from apportion.core.apply.call import Call
from apportion.core.ids import AreaId
from apportion.core.refusals import Code, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What a call's rules ask of a person, and of the project for which the person would ask."""

    name: str
    roles: frozenset[str]
    open_requests: int  # in this round, not decided yet, without the one that is being written
    area: AreaId | None = None  # of the project; None before one is chosen
    overdue_reports: tuple[str, ...] = ()  # what the project owes, by the day on which it was due


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a call as somebody meets it."""

    holds: bool | None  # None: it cannot be told before a project is chosen
    words: str
    remedy: str = ""


def rules_for(
    applicant: Applicant, call: Call, *, area_names: Mapping[str, str]
) -> tuple[Rule, ...]:
    """Lists every rule of the call and whether it holds for the applicant."""
    asked, found = call.eligible, []
    if asked.roles:
        roles = " or ".join(asked.roles)
        holds = bool(applicant.roles & set(asked.roles))
        found.append(Rule(holds=holds, words=f"You are {roles}.", remedy="Ask for one of these."))
    if asked.areas:
        names = ", ".join(area_names.get(area, area) for area in asked.areas)
        known = None if applicant.area is None else applicant.area in asked.areas
        remedy = "Ask in a round that takes requests of your area."
        found.append(Rule(holds=known, words=f"The project is in {names}.", remedy=remedy))
    if asked.most_open is not None:
        holds = applicant.open_requests < asked.most_open
        words = f"At most {asked.most_open} open at once; you have {applicant.open_requests}."
        remedy = "Withdraw one, or wait until one is decided."
        found.append(Rule(holds=holds, words=words, remedy=remedy))
    if asked.no_overdue_report:
        late = ", ".join(applicant.overdue_reports)
        words = f"The project owes no progress report{f'; due was {late}' if late else ''}."
        remedy = "Hand the progress report in first."
        found.append(Rule(holds=not late, words=words, remedy=remedy))
    return tuple(found)


def check_eligible(
    applicant: Applicant, call: Call, *, area_names: Mapping[str, str]
) -> tuple[Refusal, ...]:
    """Lists the rules that do not hold.

    Refuses: NOT_ELIGIBLE.
    """
    return tuple(
        Refusal(code=Code.NOT_ELIGIBLE, subject=applicant.name, remedy=f"{r.words} {r.remedy}")
        for r in rules_for(applicant, call, area_names=area_names)
        if r.holds is False
    )
