"""How reasons and ways in are written; the engine's own texts, made into sentences. No tables here."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from apportion.apps.rounds.wording import write_compact

LONG_NUMBER = re.compile(r"(?<![\w.,:#/-])\d{5,15}(?![\w:/-])")
PINNED = ("in", "full", "minimum", "out")  # what moves one request
SHORT_WAYS = 2  # the board's column has room for two


def sentence(text: str) -> str:
    """Ends a text as a sentence and sets its long numbers in thousands; names stay as they are."""
    text = LONG_NUMBER.sub(lambda found: f"{int(found[0]):,}", text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def write_reasons(reasons: list[dict[str, Any]]) -> tuple[str, ...]:
    """Writes reasons as sentences."""
    return tuple(sentence(reason["text"]) for reason in reasons)


def write_ways(ways: list[dict[str, Any]]) -> tuple[str, ...]:
    """Writes ways in as sentences; the engine says itself which are estimates."""
    return tuple(dict.fromkeys(sentence(way["text"]) for way in ways))


def write_short(ways: list[dict[str, Any]], units: Mapping[str, str]) -> str:
    """Writes the nearest ways in for a narrow column: `≈ score 6.1, or 14.7k freed`.

    What no re-solve has proved carries the sign.
    """
    found: dict[str, str] = {}
    proved = True
    for way in ways:
        words = _short(way, units)
        if words and len(found) < SHORT_WAYS and way["lever"] not in found:
            found[way["lever"]] = words
            proved = proved and bool(way["verified"])
    return ("" if proved else "≈ ") + ", or ".join(found.values())


def _short(way: Mapping[str, Any], units: Mapping[str, str]) -> str:
    change = way["change"]
    match way["lever"]:
        case "score":
            return f"score {float(Fraction(change['to'])):.4g}" if "to" in change else ""
        case "minimum":
            amounts = [write_compact(n, units[r]) for r, n in change["to"].items() if r in units]
            return f"minimum {', '.join(amounts)}"
        case "limit":
            resource = change["limit"][2]
            freed = write_compact(change["raise_by"], units.get(resource, "item"))
            where = "" if change["limit"][0] == "pool" else f" under the {change['limit'][0]} cap"
            return f"{freed} freed{where}"
        case "prerequisite":
            return f"{change.get('requires', 'what it requires')} funded"
        case "either_or":
            return f"{change.get('funded', 'the other')} gives way"
        case _:
            return ""


def write_board(overrides: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Collects what the board wrote of single requests as it moved them, by request."""
    return {
        str(one["owner"]): sentence(str(one["why"]).strip())
        for one in overrides
        if one["moved"] in PINNED
    }
