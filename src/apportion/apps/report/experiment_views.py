"""Pages of experiments: where each stands, what its looks saw, and how estimates turned out."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.evidence import queries
from apportion.apps.evidence.views import draw_estimate
from apportion.apps.grant.queries import tranches_of
from apportion.apps.people.gates import Visit, allowed
from apportion.core.evidence.calibration import office_record, team_records
from apportion.core.evidence.stages import ENDS, TRANCHES, Stage

PAGE = 50
WAY = (Stage.IDEA, Stage.PILOT, Stage.EVIDENCE, Stage.ESTIMATE, Stage.DECISION, *TRANCHES)


@require_safe
@allowed("project.see")
def experiments(request: Visit) -> HttpResponse:
    """Lists experiments, of a project or of all, and says how good estimates have been."""
    project = request.GET.get("project", "")
    page = Paginator(queries.list_experiments(project), PAGE).get_page(request.GET.get("page"))
    known = queries.outcomes()
    context = {"page": page, "teams": team_records(known), "office": office_record(known)}
    return render(request, "report/experiments.html", context)


@require_safe
@allowed("project.see")
def experiment(request: Visit, slug: str) -> HttpResponse:
    """Says where one experiment stands, and with which numbers each look decided."""
    row = queries.find_experiment(slug)
    claim = queries.question_of(row).claim
    kept = queries.latest_estimate(row)
    amounts = {}
    if row.request is not None:
        asked = row.request.amounts.select_related("resource")
        amounts = {"minimum": {one.resource.code: one.minimum for one in asked}}
    found = queries.estimate_at(row, now=request.now, amounts=amounts) if kept else None
    stage = Stage(row.stage)
    context = {
        "row": row,
        "claim": claim,
        "kept": kept,
        "found": found,
        "curve": draw_estimate(found, claim) if found else None,
        "ended": stage in ENDS,
        "way": [(one.value.replace("_", " "), one is stage) for one in WAY],
        "tranches": tranches_of(row),
        "looks": queries.looks_of(row),
        "steps": queries.steps_of(row),
    }
    return render(request, "report/experiment.html", context)
