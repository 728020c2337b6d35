"""How an ask stands today, while it is written: how often it would fit, and how soon such asks are answered."""

from collections import defaultdict

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from apportion.apps.apply.queries import AmountFact, amount_facts, find_project
from apportion.apps.decide.outcomes import answer_seconds
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.report.buys import read_amount
from apportion.apps.rounds.queries import Round, call_of, find_round, policy_of
from apportion.core.apply.fits import Wanted, how_often_it_fits
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Policy

DAY = 86_400


@require_POST
@allowed("request.file")
def stands(request: Visit, slug: str) -> HttpResponse:
    """Tells of the amounts that are being written how crowded the round is; stores nothing.

    Only what is submitted counts: of others' drafts nobody learns anything.
    """
    row = find_round(slug)
    policy = policy_of(row)
    chosen = request.POST.get("project", "")
    area = AreaId(find_project(chosen).area.slug) if chosen else policy.areas[0].id
    mine = _written(request, policy, area)
    ref = request.POST.get("ref", "")
    others = [fact for fact in amount_facts(row.slug) if fact.ref != ref]
    fits = how_often_it_fits(mine, _wanted(others), policy)
    lane = call_of(row).fast_lane
    kind = Round.Kind.FAST if lane and lane.admits(mine.ask) else Round.Kind(row.kind)
    before, seconds = answer_seconds(kind, but=row)
    context = {
        "fits": fits,
        "is_fast": kind == Round.Kind.FAST,
        "before": before,
        "answered": _write_span(seconds[len(seconds) // 2]) if seconds else "",
    }
    return render(request, "report/stands.html", context)


def _write_span(seconds: int) -> str:
    """Writes how long the middle request waited, in whole days rounded up."""
    days = -(-seconds // DAY)
    return f"answered in {days} days" if days > 1 else "answered within a day"


def _written(request: Visit, policy: Policy, area: AreaId) -> Wanted:
    """Reads the two amounts of each resource as far as they are written."""
    minimum, ask = {}, {}
    for place, code in enumerate(policy.pool):
        unit = policy.resources[code].unit
        least, most = (read_amount(request, f"{side}_{place}", unit) for side in ("minimum", "ask"))
        if most:
            minimum[code], ask[code] = min(least, most), most
    return Wanted(area=area, minimum=minimum, ask=ask)


def _wanted(facts: list[AmountFact]) -> list[Wanted]:
    by_ref: dict[str, list[AmountFact]] = defaultdict(list)
    for fact in facts:
        by_ref[fact.ref].append(fact)
    return [
        Wanted(
            area=AreaId(held[0].area_slug),
            minimum={ResourceCode(one.resource): one.minimum for one in held},
            ask={ResourceCode(one.resource): one.ask for one in held},
        )
        for held in by_ref.values()
    ]
