from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ExperimentStepRow(TypedDict):
    """As the office has it."""

    number: NotRequired[int | None]
    verb: NotRequired[None | str]
    after: NotRequired[None | str]
    by: NotRequired[None | str]
    at: NotRequired[None | str]
    seq: NotRequired[int | None]
    facts: NotRequired[None | str]
