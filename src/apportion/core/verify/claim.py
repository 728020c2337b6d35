"""Checks a tested claim offline: its record first, then every number and the sentence anew."""

import calendar
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from apportion.core.verify.facts import ensure
from apportion.core.verify.record import check_record
from apportion.core.verify.trust import Trust
from apportion.core.verify.use import Books, read_use
from apportion.core.verify.verdict import Verdict, judge

SCHEMA = "apportion.claim/1"
SPAN = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")
HOLDS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "over": lambda share, limit: share > limit,
    "at least": lambda share, limit: share >= limit,
    "less than": lambda share, limit: share < limit,
    "at most": lambda share, limit: share <= limit,
}
WORDS = {True: "Yes. It is ", False: "No. It is ", None: "Nobody can say"}
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    counted: int
    whole: int
    unknown: int

    @property
    def ends(self) -> dict[str, Fraction]:
        """The share of what is known, and where the unknown falls on one side."""
        return {
            "share": Fraction(self.counted, self.whole),
            "low": Fraction(self.counted, self.whole + self.unknown),
            "high": Fraction(self.counted + self.unknown, self.whole + self.unknown),
        }


def verify_claim(data: bytes, *, trust: Trust | None = None) -> Verdict:
    """Checks that the record holds and that the answer follows from it."""

    def check(document: dict[str, Any], tell: Callable[[str], None]) -> None:
        check_record(document["record"], tell, trust=trust)
        _check(document, tell)

    return judge(data, check, schema=SCHEMA)


def _check(document: dict[str, Any], tell: Callable[[str], None]) -> None:
    claim, answer = document["claim"], document["answer"]
    books = read_use(document["record"])
    ensure(claim["measure"] in {"delivered", "awarded", "charged"}, "the measure is not known")
    ensure(bool(_months(claim["period"])), "the period is no year, quarter or month")
    definitions = [claim["counts"], *claim["alternatives"]]
    told = [answer, *answer["alternatives"]]
    ensure(len(definitions) == len(told), "there are more definitions than answers, or fewer")
    for definition, one in zip(definitions, told, strict=True):
        _check_one(claim, definition, one, books)
    _check_sentence(claim, answer)
    for one in answer["trend"]:
        part = _part_of(claim, claim["counts"], books, one["period"])
        _check_part(one, part, one["period"])
    tell(f"the answer follows from {len(books.use)} sums: {json.dumps(answer['sentence'])}")


def _check_one(
    claim: Mapping[str, Any], definition: Mapping[str, Any], told: Mapping[str, Any], books: Books
) -> None:
    part = _part_of(claim, definition, books, claim["period"])
    name = definition["name"]
    _check_part(told, part, name)
    if part is None:
        ensure(told["holds"] is None, f"{name}: there is an answer with nothing to count")
        return
    limit, compare = Fraction(claim["limit"]), HOLDS[claim["comparison"]]
    ends = {compare(part.ends[end], limit) for end in ("low", "high")}
    holds = ends.pop() if len(ends) == 1 else None
    ensure(told["holds"] is holds, f"{name}: the answer does not follow from the share")


def _check_part(told: Mapping[str, Any], part: _Part | None, name: str) -> None:
    if part is None:
        ensure(told["share"] is None, f"{name}: there is a share with nothing to count")
        return
    for field in ("counted", "whole", "unknown"):
        found = getattr(part, field)
        ensure(told[field] == found, f"{name}: {field} is {found}, not {told[field]}")
    for field, end in part.ends.items():
        ensure(Fraction(told[field]) == end, f"{name}: the {field} is {end}, not {told[field]}")


def _check_sentence(claim: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """The first words of the sentence are the answer, and its first number the share."""
    head = WORDS[answer["holds"]]
    ensure(answer["sentence"].startswith(head), f"the sentence does not begin with {head!r}")
    if answer["share"] is None:
        ensure(not re.search(r"[0-9]%", answer["sentence"]), "the sentence has a made-up number")
        return
    number = f"It is {_percent(Fraction(answer['share']), Fraction(claim['limit']))} "
    ensure(number in answer["sentence"], f"the sentence does not say {number.strip()!r}")


def _part_of(
    claim: Mapping[str, Any], definition: Mapping[str, Any], books: Books, span: str
) -> _Part | None:
    """Adds up anew; None where an area is unknown, nothing was metered or nothing is there."""
    months, measure = _months(span), claim["measure"]
    resources = {
        resource
        for resource in {name for _, name, _ in books.use} | {name for _, name in books.metering}
        if claim["resource"] in {"all", resource, resource.partition(":")[0]}
    }
    names = [*claim["counts"]["areas"], *claim["counts"]["left_out"]]
    names += [n for one in claim["alternatives"] for n in (*one["areas"], *one["left_out"])]
    metered = {(m, r) for m, r in books.metering if m in months and r in resources}
    if any(name not in books.parents for name in names):
        return None
    if measure != "awarded" and span == claim["period"] and not metered:
        return None
    ensure(claim["resource"] != "all" or measure == "charged", "resources are added as they are")
    rows = [
        (area, amounts[measure])
        for (month, resource, area), amounts in books.use.items()
        if month in months
        and resource in resources
        and not _is_below(area, definition["left_out"], books)
    ]
    whole = sum(amount for _, amount in rows)
    counted = sum(amount for area, amount in rows if _is_below(area, definition["areas"], books))
    if not whole:
        return None
    unknown = 0 if measure == "awarded" else _unknown(measure, months, resources, books)
    return _Part(counted=counted, whole=whole, unknown=unknown)


def _unknown(
    measure: str, months: Collection[str], resources: Collection[str], books: Books
) -> int:
    """What nobody can place: suspense, and days without a job at what the busiest day used."""
    suffix = "_charged" if measure == "charged" else ""
    total = 0
    for resource in resources:
        rows = {m: gaps for (m, r), gaps in books.metering.items() if r == resource and m in months}
        if rows:
            days = sum(_days(month, books.until) for month in months if month not in rows)
            days += sum(gaps["unmetered_days"] for gaps in rows.values())
            total += days * max(gaps[f"busiest{suffix}"] for gaps in rows.values())
            total += sum(gaps[f"suspense{suffix}"] for gaps in rows.values())
    return total


def _is_below(area: str, names: Collection[str], books: Books) -> bool:
    """Says whether an area or one above it is named."""
    at: str | None = area
    for _ in range(len(books.parents) + 1):
        if at is None or at in names:
            return at is not None
        at = books.parents.get(at)
    return False


def _months(span: str) -> list[str]:
    found = SPAN.fullmatch(span)
    if found is None:
        return []
    year, quarter, month = found.groups()
    if month:
        return [span]
    first, count = (3 * int(quarter) - 2, 3) if quarter else (1, 12)
    return [f"{year}-{number:02}" for number in range(first, first + count)]


def _days(month: str, until: date) -> int:
    year, number = map(int, month.split("-"))
    if (year, number) == (until.year, until.month):
        return until.day
    return calendar.monthrange(year, number)[1] if (year, number) < (until.year, until.month) else 0


def _percent(share: Fraction, limit: Fraction) -> str:
    """Whole per cent, half to even, with decimals where it would else read as the limit."""
    for decimals in range(MOST_DECIMALS + 1):
        written, bound = (_decimal(value, decimals) for value in (share, limit))
        if share == limit or written != bound:
            return f"{written}%"
    return f"{share} (all but {limit})"


def _decimal(share: Fraction, decimals: int) -> str:
    scaled = round(share * 100 * 10**decimals)
    whole, rest = divmod(scaled, 10**decimals)
    return f"{whole}.{rest:0{decimals}}".rstrip("0").rstrip(".") if decimals else str(whole)
