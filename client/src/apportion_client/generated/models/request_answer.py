from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.file_answer import FileAnswer
    from ..models.request_answer_awarded import RequestAnswerAwarded
    from ..models.request_answer_content import RequestAnswerContent
    from ..models.step import Step


RequestAnswer = TypedDict(
    "RequestAnswer",
    {
        "ref": "str",
        "round": "str",
        "project": "None | str",
        "area": "str",
        "title": "str",
        "state": "str",
        "version": "int",
        "amounts": "list[Amount]",
        "kind": "str",
        "content": "RequestAnswerContent",
        "files": "list[FileAnswer]",
        "steps": "list[Step]",
        "outcome": "None | str",
        "awarded": "RequestAnswerAwarded",
    },
)
