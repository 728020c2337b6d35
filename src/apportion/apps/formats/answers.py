"""JSON answers that no cache keeps."""

import json

from django.http import HttpResponse


def json_answer(
    told: object, *, status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    """Answers a program; what it is told is for it alone."""
    answer = HttpResponse(
        json.dumps(told, ensure_ascii=False), status=status, content_type=content_type
    )
    answer["Cache-Control"] = "no-store"
    return answer
