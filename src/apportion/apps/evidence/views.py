"""Will the answer be clear: the power of what a form holds, and the answer to a smaller offer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apportion.adapters.svg.marks import Svg
from apportion.adapters.svg.power_curve import Mark, PowerCurve, draw_power_curve
from apportion.apps.apply.queries import find_project, find_request, works_on
from apportion.apps.evidence import queries
from apportion.apps.evidence.consents import answer_offer, open_offer
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import find_round, policy_of
from apportion.core.evidence.claim import Claim
from apportion.core.evidence.estimate import Estimate
from apportion.core.policy import Policy
from apportion.core.units import MICROCREDITS_PER_CREDIT, NotAQuantity, parse_quantity

SIDES = ("minimum", "ask")


@require_POST
@allowed("request.file")
def clear(request: Visit, slug: str) -> HttpResponse:
    """Draws the power over credits for the amounts that are being written; stores nothing."""
    chosen = request.POST.get("project", "")
    project = find_project(chosen) if chosen else None
    row = None
    if project is not None and works_on(request.user, project):
        row = queries.experiment_to_ask(project)
    context: dict[str, object] = {"experiment": row}
    if row is not None:
        amounts = _amounts(request, policy_of(find_round(slug)))
        found = queries.estimate_at(row, now=request.now, amounts=amounts)
        claim = queries.question_of(row).claim
        context |= {"claim": claim, "found": found, "curve": draw_estimate(found, claim)}
    return render(request, "evidence/clear.html", context)


@require_POST
@allowed("request.file")
def answer(request: Visit, ref: str) -> HttpResponse:
    """Agrees to less than the minimum, or declines."""
    row = open_offer(find_request(ref))
    agrees = "agree" in request.POST
    row = answer_offer(row=row, agrees=agrees, by=request.user, now=request.now)
    messages.success(request, f"{row.get_answer_display()}. {row.still_shows}")
    return redirect("report:request", ref)


def draw_estimate(found: Estimate, claim: Claim) -> Svg | None:
    """Draws the power over credits; nothing where there is no number."""
    if not found.curve:
        return None
    return draw_power_curve(
        PowerCurve(
            label=f"Power over credits to see {claim.effect:g} {claim.unit}",
            points=tuple((p.microcredits / MICROCREDITS_PER_CREDIT, p.power) for p in found.curve),
            marks=tuple(
                Mark(
                    name=one.name,
                    amount=one.microcredits / MICROCREDITS_PER_CREDIT,
                    power=one.power,
                )
                for one in found.shown
            ),
            wanted=claim.power,
        )
    )


def _amounts(request: Visit, policy: Policy) -> dict[str, dict[str, int]]:
    """Reads the amount fields as far as they are numbers; the form's own checks say the rest."""
    found: dict[str, dict[str, int]] = {side: {} for side in SIDES}
    for place, code in enumerate(policy.pool):
        for side in SIDES:
            text = request.POST.get(f"{side}_{place}", "").strip()
            try:
                amount = parse_quantity(text, policy.resources[code].unit) if text else 0
            except NotAQuantity:
                amount = 0
            if amount > 0:
                found[side][code] = amount
    return found
