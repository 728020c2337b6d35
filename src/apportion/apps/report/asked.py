"""What a request says besides its amounts, and one's own requests as files."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apportion.apps.apply.attaching import attachments_of
from apportion.apps.apply.drafts import content_of
from apportion.apps.apply.queries import Request, requests_of
from apportion.apps.decide.queries import find_verdicts
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.tables import table_file
from apportion.apps.rounds.queries import call_of
from apportion.core.apply.content import ANSWER
from apportion.core.units import DisplayUnit, format_quantity

MOST = 5_000
MINE = (
    *("ref", "round", "project", "title", "state"),
    *("outcome", "resource", "minimum", "ask"),
)


@require_safe
@allowed("request.file")
def mine_csv(request: Visit) -> HttpResponse:
    """Gives one's own requests as CSV."""
    rows = _rows(request)
    return table_file("csv", "my-requests", MINE, rows)


@require_safe
@allowed("request.file")
def mine_json(request: Visit) -> HttpResponse:
    """Gives one's own requests as JSON."""
    return JsonResponse({"requests": _rows(request)})


def beside_request(row: Request) -> dict[str, Any]:
    """Collects the answers to the call's questions, the files and the links of a request."""
    content = content_of(row)
    asked = call_of(row.round).questions
    known = [(question.label, content.get(f"{ANSWER}{question.id}", "")) for question in asked]
    return {
        "answers": [(label, text) for label, text in known if text],
        "files": attachments_of(row),
        "requires": row.requires.order_by("ref"),
    }


def _rows(request: Visit) -> list[dict[str, object]]:
    found = list(requests_of(request.user)[:MOST])
    verdicts = find_verdicts([row.ref for row in found])
    return [
        {
            "ref": row.ref,
            "round": row.round.slug,
            "project": row.project.slug,
            "title": row.title,
            "state": row.state,
            "outcome": str(verdicts[row.ref].outcome) if row.ref in verdicts else "",
            "resource": amount.resource.code,
            "minimum": format_quantity(amount.minimum, DisplayUnit(amount.resource.unit)),
            "ask": format_quantity(amount.ask, DisplayUnit(amount.resource.unit)),
        }
        for row in found
        for amount in row.amounts.all()
    ]
