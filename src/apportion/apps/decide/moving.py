"""Overrides as people write them: `--pin r7=in --set floor/foundations/gpu:h100=1600 --why "..."`."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer

from apportion.core.decide.overrides import Moved, Override
from apportion.core.faults import BadInput, Fault
from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

PIN = typer.Option(
    [], "--pin", help="A request to put in, as a promise of its minimum, or out: ID=in."
)
SET = typer.Option([], "--set", help="pool/RESOURCE=AMOUNT, floor/AREA/RESOURCE=..., cap/OWNER/...")
WHY = typer.Option(..., "--why", help="The reason; it stays with the slate.")
PINS = (Moved.IN, Moved.OUT)


def read_overrides(
    pins: Iterable[str], settings: Iterable[str], why: str, document: Mapping[str, Any]
) -> tuple[Override, ...]:
    """Reads overrides in the display units of a decision's round.

    Raises: BadInput with everything that cannot be read, or where nothing is moved.
    """
    units = {r["code"]: DisplayUnit(r["unit"]) for r in document["snapshot"]["policy"]["resources"]}
    found: list[Override] = []
    faults: list[Fault] = []
    read = [_pin(text, why) for text in pins] + [_setting(text, why, units) for text in settings]
    for one in read:
        if isinstance(one, Fault):
            faults.append(one)
        else:
            found.append(one)
    if not found and not faults:
        remedy = "Add --pin ID=in, --pin ID=out or --set pool/RESOURCE=AMOUNT"
        faults.append(Fault(file="override", what="nothing is moved", remedy=remedy))
    if faults:
        raise BadInput(faults)
    return tuple(found)


def _pin(text: str, why: str) -> Override | Fault:
    owner, _, moved = text.rpartition("=")
    if not owner or moved not in list(PINS):
        remedy = "Write the request and where it goes, as r7=in or r7=out"
        return Fault(file="--pin", what="neither in nor out", remedy=remedy, value=text)
    return Override(moved=Moved(moved), owner=owner, why=why)


def _setting(text: str, why: str, units: Mapping[str, DisplayUnit]) -> Override | Fault:
    what, _, amount = text.partition("=")
    kind, _, rest = what.partition("/")
    owner, _, resource = ("", "", rest) if kind == Moved.POOL else rest.rpartition("/")
    if kind not in {Moved.POOL, Moved.FLOOR, Moved.CAP}:
        remedy = "Write pool/gpu:h100=1200, floor/AREA/gpu:h100=300 or cap/OWNER/gpu:h100=900"
        return Fault(file="--set", what="no such setting", remedy=remedy, value=text)
    try:
        to = parse_quantity(amount, units.get(resource, DisplayUnit.HOUR))
    except NotAQuantity as error:
        return Fault(file="--set", what=error.what, remedy=error.remedy, value=text)
    return Override(moved=Moved(kind), owner=owner, resource=resource, to=to, why=why)
