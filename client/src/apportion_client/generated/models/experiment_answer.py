from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class ExperimentAnswer(TypedDict):
    """An experiment and where it stands."""

    experiment: str
    title: str
    project: str
    stage: str
    metric: str
    request: None | str
    power: float | None
