"""Reads around a decision: the round as the engine sees it, slates and outcomes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.db.models import Case, Count, F, Q, When

from apportion.apps.apply.queries import (
    AmountFact,
    Request,
    amount_facts,
    split_ids,
    submitted_requests,
)
from apportion.apps.decide.chances import Seen, seen_chances
from apportion.apps.decide.models import Award, Decision, Plan, Slate
from apportion.apps.decide.wording import write_reasons, write_short, write_ways
from apportion.apps.review.queries import panel_scores
from apportion.apps.rounds.queries import Round
from apportion.apps.rounds.wording import unit_label, write_amount, write_compact
from apportion.core.decide.overrides import PINS, Moved, Override
from apportion.core.decide.problem import Ask
from apportion.core.ids import AreaId, GroupId, ProjectId, RequestId, ResourceCode
from apportion.core.refusals import Code, Refusal, Refused

PINNED_AS = {
    Moved.IN: "in, at its minimum or more",
    Moved.FULL: "in, in full",
    Moved.MINIMUM: "held to its minimum",
    Moved.OUT: "out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One award that was adopted. Units: base units."""

    request: str
    project: str
    area: str
    resource: str
    asked: int
    awarded: int


def asks_of(row: Round) -> tuple[Ask, ...]:
    """Gathers what a round has to decide.

    Refuses: INCOMPLETE where a submitted request has no opinion yet, each one named.
    """
    requests = submitted_requests(row.slug)
    scores = panel_scores(row.slug)
    if row.kind == Round.Kind.FAST:  # no panel reads small asks, so that all count alike
        scores = {request.ref: Fraction(1) for request in requests}
    unscored = [request for request in requests if request.ref not in scores]
    if unscored:
        raise Refused(
            [
                Refusal(
                    code=Code.INCOMPLETE,
                    subject=request.ref,
                    remedy="It needs at least one opinion before the round can be decided.",
                )
                for request in unscored
            ]
        )
    submitted = {request.ref for request in requests}
    return tuple(
        Ask(
            id=RequestId(request.ref),
            area=AreaId(request.project.area.slug),
            project=ProjectId(request.project.slug),
            score=scores[request.ref],
            ask={ResourceCode(a.resource.code): a.ask for a in request.amounts.all()},
            minimum={ResourceCode(a.resource.code): a.minimum for a in request.amounts.all()},
            groups=tuple(GroupId(group) for group in split_ids(request.groups)),
            either_or=request.either_or or None,
            requires=_live_links(request, submitted),
        )
        for request in requests
    )


def find_slate(round_slug: str, number: int) -> Slate:
    """Finds a slate of a round.

    Refuses: NOT_FOUND.
    """
    slates = Slate.objects.select_related("round", "parent", "proposed_by", "adopted_by")
    slate = slates.filter(round__slug=round_slug, number=number).first()
    if slate is None:
        raise Refused(
            [
                Refusal(
                    code=Code.NOT_FOUND,
                    subject=f"slate {number} of {round_slug}",
                    remedy=f"List slates with: apportion slate list {round_slug}",
                )
            ]
        )
    return slate


def list_slates(round_slug: str) -> list[Slate]:
    """Lists the slates of a round, the newest first."""
    return list(Slate.objects.filter(round__slug=round_slug).select_related("proposed_by"))


def other_slates(slate: Slate) -> list[Slate]:
    """Lists the round's other slates, the newest first, without their documents."""
    rows = Slate.objects.filter(round=slate.round_id).exclude(pk=slate.pk)
    wanted = ("number", "round_id", "proposed_at", "adopted_at", "made_from_id", "given")
    return list(rows.only(*wanted))


def titles(row: Round) -> dict[str, str]:
    """Gives the titles of what was submitted to a round, by request."""
    return {request.ref: request.title for request in submitted_requests(row.slug)}


def latest_slate(row: Round) -> Slate | None:
    """Finds the adopted slate, or else the one that the board works on, or the newest proposal."""
    slates = Slate.objects.filter(round=row).select_related("proposed_by", "adopted_by", "round")
    working = Q(pk__in=Plan.objects.filter(round=row).values("slate"))
    return slates.order_by(
        F("adopted_at").desc(nulls_last=True), Case(When(working, then=0), default=1), "-number"
    ).first()


def adopted_slate(row: Round) -> Slate | None:
    """Finds the slate in force, told or not: for those who decide."""
    found = Slate.objects.filter(round=row, adopted_at__isnull=False, superseded_at__isnull=True)
    return found.select_related("adopted_by").first()


def told_slate(row: Round) -> Slate | None:
    """Finds the slate in force as everybody may know of it: once it is published."""
    slate = adopted_slate(row)
    return slate if slate and slate.published_at is not None else None


def describe_override(override: Override, slate: Slate) -> str:
    """Says in a few words what the board moves, with amounts as people read them."""
    if override.moved in PINS:
        return f"{override.owner} {PINNED_AS[override.moved]}"
    units = {r["code"]: r["unit"] for r in document_of(slate)["snapshot"]["policy"]["resources"]}
    unit = units.get(override.resource, "hour")
    amount = f"{write_amount(override.to, unit)} {unit_label(override.resource, unit)}"
    if override.moved is Moved.POOL:
        return f"the line to {amount}"
    return f"the {override.moved.value} of {override.owner} to {amount}"


def document_of(slate: Slate) -> dict[str, Any]:
    """Reads the slate's decision document; remembered on the row, so nobody may change it."""
    document: dict[str, Any] | None = getattr(slate, "_read", None)
    if document is None:
        document = json.loads(slate.document)
        slate._read = document  # type: ignore[attr-defined]  # noqa: SLF001  a memo
    return document


def granted(row: Round) -> list[Granted]:
    """Lists what the adopted slate of a round awards, the denied with zero."""
    awards = Award.objects.filter(decision__slate__round=row).select_related(
        "resource", "decision__request__project__area"
    )
    return [
        Granted(
            request=award.decision.request.ref,
            project=award.decision.request.project.slug,
            area=award.decision.request.project.area.slug,
            resource=award.resource.code,
            asked=award.ask,
            awarded=award.amount,
        )
        for award in awards.order_by("decision__request__ref", "resource__code")
    ]


def find_decision(ref: str) -> Decision:
    """Finds the decision of a request.

    Raises: Decision.DoesNotExist.
    """
    return Decision.objects.select_related("request").get(request__ref=ref)


def outcome_counts() -> dict[str, int]:
    """Counts the adopted decisions of all rounds by outcome."""
    outcomes = Decision.objects.order_by().values_list("outcome", flat=True)
    counts = dict.fromkeys(Decision.Outcome.values, 0)
    for outcome in outcomes:
        counts[outcome] += 1
    return counts


def _live_links(request: Request, submitted: set[str]) -> tuple[RequestId, ...]:
    """Keeps a prerequisite that is itself to be decided or was funded; a dead one stays, unmet.

    A link to a request that was funded before holds already, so it asks nothing of the engine.
    """
    links = []
    for link in request.requires.all():
        funded = link.state == Request.State.DECIDED and link.decision.outcome != "not_yet"
        if not funded:
            links.append(RequestId(link.ref))
    dead = [ref for ref in links if ref not in submitted]
    if dead:
        raise Refused(
            [
                Refusal(
                    code=Code.INCOMPLETE,
                    subject=request.ref,
                    remedy=f"It requires {', '.join(dead)}, which the round does not decide.",
                )
            ]
        )
    return tuple(sorted(links))


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What a request asks of one resource and would get. Units: base units."""

    resource: str
    unit: str
    minimum: int
    ask: int
    award: int | None  # None: no slate speaks of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One request of a round as boards see it."""

    ref: str
    title: str
    project: str
    project_slug: str
    area: str
    area_slug: str
    position: int  # of the area: its colour
    score: Fraction | None
    amounts: tuple[Amount, ...]
    outcome: str | None  # full, partial, minimum, not_yet; None: no slate speaks of it
    reasons: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()  # the nearest ways in
    short: str = ""  # the same for a narrow column
    chance: Seen | None = None  # how sure the outcome is, where that is known

    @property
    def main(self) -> Amount:
        """Gives the resource that it is drawn by: the first one of the pool that it asks for."""
        return self.amounts[0]

    @property
    def funded(self) -> bool:
        """Says whether it gets anything."""
        return self.outcome is not None and self.outcome != "not_yet"


def candidates(row: Round, slate: Slate | None) -> tuple[Candidate, ...]:
    """Lists the requests of a round in rank order, best score first, as a slate treats them."""
    document = document_of(slate) if slate else {"awards": ()}
    awards = {a["request"]: a for a in document["awards"]}
    chances = seen_chances(document)
    scores = panel_scores(row.slug)
    found: dict[str, dict[str, Any]] = {}
    for fact in amount_facts(row.slug):
        one = found.setdefault(fact.ref, {"fact": fact, "amounts": []})
        award = awards.get(fact.ref)
        one["amounts"].append(
            Amount(
                resource=fact.resource,
                unit=fact.unit,
                minimum=fact.minimum,
                ask=fact.ask,
                award=int(award["amounts"].get(fact.resource, 0)) if award else None,
            )
        )
    rows = [
        replace(
            _candidate(one["fact"], one["amounts"], scores.get(ref), awards.get(ref)),
            chance=chances.get(ref),
        )
        for ref, one in found.items()
    ]
    return tuple(sorted(rows, key=_rank))


def _rank(row: Candidate) -> tuple[bool, Fraction, str]:
    return (row.score is None, -(row.score or Fraction(0)), row.ref)


def _short(amount: Amount, award: dict[str, Any], units: dict[str, str]) -> str:
    """Writes what would change an outcome: a denied request's ways in, a cut one's missing rest."""
    if award["outcome"] == "not_yet":
        return write_short(award["counterfactuals"], units)
    rest = amount.ask - (amount.award or 0)
    return f"{write_compact(rest, amount.unit)} more for the full ask" if rest else ""


def _candidate(
    fact: AmountFact,
    amounts: list[Amount],
    score: Fraction | None,
    award: dict[str, Any] | None,
) -> Candidate:
    units = {amount.resource: amount.unit for amount in amounts}
    return Candidate(
        ref=fact.ref,
        title=fact.title,
        project=fact.project,
        project_slug=fact.project_slug,
        area=fact.area,
        area_slug=fact.area_slug,
        position=fact.position,
        score=score,
        amounts=tuple(amounts),
        outcome=award["outcome"] if award else None,
        reasons=write_reasons(award["reasons"]) if award else (),
        ways=write_ways(award["counterfactuals"]) if award else (),
        short=_short(amounts[0], award, units) if award else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The adopted outcome of one request, in words."""

    outcome: str
    reasons: tuple[str, ...]
    ways: tuple[str, ...]
    awards: dict[str, int]  # base units per resource


def find_verdicts(refs: Iterable[str]) -> dict[str, Verdict]:
    """Finds the adopted outcomes of many requests in two statements."""
    rows = Decision.objects.filter(request__ref__in=list(refs)).select_related("request")
    return {
        row.request.ref: Verdict(
            outcome=row.outcome,
            reasons=write_reasons(row.reasons),
            ways=write_ways(row.counterfactuals),
            awards={award.resource.code: award.amount for award in row.awards.all()},
        )
        for row in rows.prefetch_related("awards__resource")
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What all decisions come to, for the public record."""

    outcomes: dict[str, int]
    below_minimum: int
    denied_with_reason: int
    median_days: int | None  # from submitting to the decision


def tally_decisions() -> Tally:
    """Counts outcomes, promises kept, and how long people waited."""
    counts = dict.fromkeys(Decision.Outcome.values, 0)
    for outcome, number in Decision.objects.order_by().values_list("outcome").annotate(Count("id")):
        counts[outcome] = number
    waits = sorted(
        (adopted - submitted).days
        for adopted, submitted in Decision.objects.order_by().values_list(
            "slate__adopted_at", "request__submitted_at"
        )
        if submitted is not None and adopted is not None
    )
    return Tally(
        outcomes=counts,
        below_minimum=Award.objects.filter(amount__gt=0, amount__lt=F("minimum")).count(),
        denied_with_reason=Decision.objects.filter(
            outcome="not_yet", reason_count__gte=1, counterfactual_count__gte=1
        ).count(),
        median_days=waits[len(waits) // 2] if waits else None,
    )
