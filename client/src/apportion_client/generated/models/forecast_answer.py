from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.forecast_answer_forecast import ForecastAnswerForecast


class ForecastAnswer(TypedDict):
    """When a project runs dry, by resource, with an interval, and what would make it last."""

    project: str
    forecast: ForecastAnswerForecast
