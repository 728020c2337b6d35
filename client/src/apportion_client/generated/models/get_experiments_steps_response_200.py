from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.experiment_step_row import ExperimentStepRow


class GetExperimentsStepsResponse200(TypedDict):
    """As the office has it."""

    items: list[ExperimentStepRow]
    next_cursor: None | str
