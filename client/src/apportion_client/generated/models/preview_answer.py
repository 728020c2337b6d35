from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.preview_answer_document import PreviewAnswerDocument


class PreviewAnswer(TypedDict):
    """What a directive would do to whom."""

    ref: str
    number: int
    signers: int
    sentences: list[str]
    document: PreviewAnswerDocument
