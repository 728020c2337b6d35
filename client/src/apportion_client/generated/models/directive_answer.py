from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.directive_answer_document_type_0 import DirectiveAnswerDocumentType0
    from ..models.directive_step import DirectiveStep


class DirectiveAnswer(TypedDict):
    """A directive: its steps, signatures and newest preview."""

    ref: str
    state: str
    purpose: str
    steps: list[DirectiveStep]
    preview: int | None
    signatures: int
    signers: int | None
    document: DirectiveAnswerDocumentType0 | None
