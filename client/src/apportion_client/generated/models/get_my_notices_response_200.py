from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.setting_row import SettingRow


class GetMyNoticesResponse200(TypedDict):
    """As the office has it."""

    items: list[SettingRow]
    next_cursor: None | str
