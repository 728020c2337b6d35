"""Why there is no number: a closed list, each with the field it is about and its remedy."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemCode(StrEnum):
    """In order of precedence: what must be mended first comes first."""

    DELTA_NOT_POSITIVE = "DELTA_NOT_POSITIVE"
    DELTA_OUT_OF_RANGE = "DELTA_OUT_OF_RANGE"
    METRIC_NOT_FINITE = "METRIC_NOT_FINITE"
    UNITS_MISMATCH = "UNITS_MISMATCH"
    UNMETERED_PILOT = "UNMETERED_PILOT"
    PILOT_REPEATED = "PILOT_REPEATED"
    SEEDS_PICKED = "SEEDS_PICKED"
    CLAIM_CHANGED = "CLAIM_CHANGED"
    PRICE_EXPIRED = "PRICE_EXPIRED"
    PILOT_TOO_SMALL = "PILOT_TOO_SMALL"
    ZERO_VARIANCE = "ZERO_VARIANCE"
    EFFECT_TOO_SMALL = "EFFECT_TOO_SMALL"
    RECIPE_CHANGED = "RECIPE_CHANGED"
    SCALE_SPAN_TOO_SMALL = "SCALE_SPAN_TOO_SMALL"
    EXTRAPOLATION_TOO_FAR = "EXTRAPOLATION_TOO_FAR"
    BACKTEST_FAILED = "BACKTEST_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that stands in the way of an estimate."""

    code: ProblemCode
    field: str
    text: str
    remedy: str
    value: str = ""

    def __str__(self) -> str:
        said = f" (got {self.value})" if self.value else ""
        return f"{self.code}: {self.field}: {self.text}{said}. {self.remedy}"


class NotEstimable(Exception):
    """Carries every problem found, never a number."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        order = list(ProblemCode)
        self.problems = tuple(sorted(problems, key=lambda p: order.index(p.code)))
        super().__init__("\n".join(map(str, self.problems)))
