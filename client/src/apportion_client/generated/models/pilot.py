from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.pilot_amounts import PilotAmounts


Pilot = TypedDict(
    "Pilot",
    {
        "experiments": "list[str]",
        "round": "str",
        "amounts": "NotRequired[PilotAmounts]",
    },
)
