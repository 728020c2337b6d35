from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.experiment_answer import ExperimentAnswer


class GetExperimentsResponse200(TypedDict):
    """As the office has it."""

    items: list[ExperimentAnswer]
    next_cursor: None | str
