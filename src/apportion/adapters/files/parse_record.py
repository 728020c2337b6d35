"""Reads the facts of a public record; only what its own check found true is read."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from apportion.core.claims.facts import Area, Facts, Metering, Use
from apportion.core.faults import BadInput, Fault
from apportion.core.verify import verify_record
from apportion.core.verify.trust import Trust


def parse_record(data: bytes, file: str, *, trust: Trust | None = None) -> dict[str, Any]:
    """Reads a public record that holds, whole.

    Raises: BadInput with the first thing in it that is not true.
    """
    verdict = verify_record(data, trust=trust)
    if not verdict.holds:
        remedy = "Take record.json anew from the office's public record"
        raise BadInput([Fault(file=file, what=verdict.fault, remedy=remedy)])
    document: dict[str, Any] = json.loads(data)
    if "use" not in document:
        remedy = "Take it anew: this one was written before months were told"
        raise BadInput([Fault(file=file, what="the record tells no use by month", remedy=remedy)])
    return document


def facts_of(record: Mapping[str, Any]) -> Facts:
    """Turns a record that was checked into the facts of claims."""
    return Facts(
        until=date.fromisoformat(record["until"]),
        areas=tuple(
            Area(id=a["id"], name=a["name"], parent=a["parent"], flagship=a["flagship"])
            for a in record["areas"]
        ),
        uses=tuple(Use(**row) for row in record["use"]),
        metering=tuple(Metering(**row) for row in record["metering"]),
        rejected_rows=record["rejected_rows"],
    )
