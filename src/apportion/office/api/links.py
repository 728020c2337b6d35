"""Which call follows which: what was made can be read and acted on, what is listed can be read.

Source: OpenAPI 3.1, Link Object.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from apportion.apps.door.calls import PLACE, Call
from apportion.office.api.gather import all_calls

MADE, FIRST, SAME = "$response.body#/", "$response.body#/items/0/", "$request.path."


def name_of(call: Call) -> str:
    """Names a call for those who generate code: `get_rounds`, `post_rounds_close`."""
    words = [part for part in call.path.split("/") if part and not part.startswith("{")]
    ends = "_one" if call.path.endswith("}") and not call.is_paged else ""
    return f"{call.method.lower()}_{'_'.join(words)}{ends}".replace("-", "_").replace(".", "_")


def links_of(call: Call) -> dict[str, Any]:
    """Tells which calls an answer leads to, and where it holds what they take."""
    found = _from_made(call) if call.location else _from_rows(call) if call.is_paged else ()
    return {
        name_of(target): {"operationId": name_of(target), "parameters": parameters}
        for target, parameters in found
    }


def _from_made(call: Call) -> Iterator[tuple[Call, dict[str, str]]]:
    *above, last = PLACE.findall(call.location)
    told = last if last in call.answer.model_fields else "ref"
    given = {last: f"{MADE}{told}", **{name: f"{SAME}{name}" for name in above}}
    if not set(above) <= set(PLACE.findall(call.path)):
        return
    for target in all_calls():
        is_below = f"{target.path}/".startswith(f"{call.location}/")
        if is_below and set(PLACE.findall(target.path)) == set(given):
            yield target, given


def _from_rows(call: Call) -> Iterator[tuple[Call, dict[str, str]]]:
    """Follows the first row of a listing: `/rounds/{slug}/requests` lists what `/requests/{ref}` reads."""
    row = call.answer
    if not (isinstance(row, type) and issubclass(row, BaseModel)):
        return
    ends = call.path.rpartition("/")[2]
    for target in all_calls():
        above, _, place = target.path.rpartition("/")
        name = place.strip("{}")
        if target.method == "GET" and place != name and name in row.model_fields:
            if above == call.path:
                same = {one: f"{SAME}{one}" for one in PLACE.findall(above)}
                yield target, {**same, name: f"{FIRST}{name}"}
            elif above == f"/{ends}":
                yield target, {name: f"{FIRST}{name}"}
