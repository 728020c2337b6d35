from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.calibration_row import CalibrationRow


class GetEvidenceCalibrationResponse200(TypedDict):
    """As the office has it."""

    items: list[CalibrationRow]
    next_cursor: None | str
