"""What the amounts of a request buy, from the project's own metered jobs: a part of the request page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from apportion.adapters.svg.runs import draw_runs
from apportion.apps.apply.queries import find_project, works_on
from apportion.apps.meter.queries import find_charges
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import find_round, policy_of
from apportion.apps.rounds.wording import count_of, resource_label, write_amount
from apportion.core.apply.buys import Bought, Job, what_it_buys
from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

LATEST = 500  # jobs looked at; older ones ran other code


@require_POST
@allowed("request.file")
def buys(request: Visit, slug: str) -> HttpResponse:
    """Tells how many runs the amounts that are being written pay for; stores nothing."""
    policy = policy_of(find_round(slug))
    chosen = request.POST.get("project", "")
    project = find_project(chosen) if chosen else None
    parts = []
    if project is not None and works_on(request.user, project):
        for place, code in enumerate(policy.pool):
            unit = policy.resources[code].unit
            pair = (read_amount(request, f"{side}_{place}", unit) for side in ("minimum", "ask"))
            minimum, ask = pair
            found = what_it_buys(_jobs(project.slug, code), minimum=min(minimum, ask), ask=ask)
            if found.jobs:
                parts.append((resource_label(code), found, _rows(found, str(unit), project.slug)))
    return render(request, "report/buys.html", {"parts": parts})


def _jobs(project: str, resource: str) -> list[Job]:
    """Reads the latest jobs, a job that was cut at a border of periods in one piece."""
    charges = find_charges(project).filter(resource=resource)
    pieces: dict[str, Job] = {}
    columns = ("job", "name", "unit_seconds", "state")
    for job, name, size, state in charges.values_list(*columns)[:LATEST]:
        before = pieces.get(job)
        pieces[job] = Job(
            name=name,
            size=size + (before.size if before else 0),
            state=before.state if before else state,
        )
    return list(pieces.values())


def _rows(found: Bought, unit: str, slug: str) -> list[dict[str, object]]:
    return [
        {
            "name": kind.name.removeprefix(f"{slug}-"),
            "runs": kind.at_ask,
            "minimum": kind.at_minimum,
            "size": write_amount(kind.median, unit),
            "picture": draw_runs(
                at_minimum=kind.at_minimum,
                at_ask=kind.at_ask,
                label=f"{count_of(kind.at_ask, 'run')} of {kind.name}, {kind.at_minimum} at the minimum",
            ),
        }
        for kind in found.kinds
    ]


def read_amount(request: Visit, name: str, unit: DisplayUnit) -> int:
    """Reads an amount as far as it is one; the form's own checks say the rest."""
    try:
        return parse_quantity(request.POST.get(name, "") or "0", unit)
    except NotAQuantity:
        return 0
