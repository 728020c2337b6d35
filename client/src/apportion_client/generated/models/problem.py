from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.problem_errors_item import ProblemErrorsItem


Problem = TypedDict(
    "Problem",
    {
        "type": "str",
        "title": "str",
        "status": "int",
        "detail": "str",
        "errors": "NotRequired[list[ProblemErrorsItem]]",
    },
)
