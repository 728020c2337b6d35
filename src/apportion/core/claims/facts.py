"""What a claim is tested on: use, awards and charges by month, resource and area; no project names."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A node of the research tree as the record lists it."""

    id: str
    name: str
    parent: str | None
    flagship: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one area got of one resource in one month.

    Units: delivered and awarded in base units, charged in microcredits.
    Shape: use counts in the month in which it ended, an award in that in which its credits start.
    """

    month: str
    resource: str
    area: str
    delivered: int = 0
    awarded: int = 0
    charged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metering:
    """How complete the metering of one resource is in one month.

    Units: suspense and busiest in base units, their charges in microcredits.
    Shape: a day counts as unmetered where no job ran on it; nobody can tell that from a gap.
    """

    month: str
    resource: str
    unmetered_days: int
    suspense: int  # used, but by nobody who is known
    suspense_charged: int
    busiest: int  # what all used on the day on which most ended
    busiest_charged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that claims are tested on, up to a day."""

    until: date
    areas: tuple[Area, ...]
    uses: tuple[Use, ...]
    metering: tuple[Metering, ...]
    rejected_rows: int  # lines of accounting that could not be read: of which month, nobody knows
