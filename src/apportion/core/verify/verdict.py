"""What a check comes to: a verdict, whatever the file holds."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from apportion.core.verify.facts import Untrue, ensure

Check = Callable[[dict[str, Any], Callable[[str], None]], None]

MALFORMED = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RecursionError,
    StopIteration,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether everything the file states holds; else the first thing that does not."""

    holds: bool
    fault: str = ""
    checked: tuple[str, ...] = ()


def judge(data: bytes, check: Check, *, schema: str) -> Verdict:
    """Reads a file and runs a check on it; what is no file of ours is told, not raised."""

    def read_and_check(tell: Callable[[str], None]) -> None:
        document = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
        ensure(document["schema"] == schema, f"the schema is not {schema}")
        check(document, tell)

    return attempt(read_and_check, what=schema)


def attempt(check: Callable[[Callable[[str], None]], None], *, what: str) -> Verdict:
    """Runs a check that tells what it found to hold; its first fault ends it."""
    checked: list[str] = []
    try:
        check(checked.append)
    except Untrue as untrue:
        return Verdict(holds=False, fault=str(untrue), checked=tuple(checked))
    except MALFORMED as error:
        fault = f"the file is not {what} as we write it ({type(error).__name__}: {error})"
        return Verdict(holds=False, fault=fault, checked=tuple(checked))
    return Verdict(holds=True, checked=tuple(checked))


def _refuse(text: str) -> NoReturn:
    raise Untrue(f"the file holds {text}, which is not an integer or a text")
