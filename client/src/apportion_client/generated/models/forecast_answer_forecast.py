from __future__ import annotations

from typing import TypedDict


class ForecastAnswerForecast(TypedDict):
    """As the office has it."""
