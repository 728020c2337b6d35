"""What a decision file states about its round, read anew and counted anew."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

MICRO = 10**6

About = tuple[str, str, str]


class Untrue(Exception):
    """Something the file states does not hold; the message is the first fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the snapshot. Units: base units; worth in micropoints for the full ask."""

    id: str
    area: str
    groups: frozenset[str]
    score: Fraction
    worth: int
    ask: dict[str, int]
    minimum: dict[str, int]
    label: str | None
    requires: tuple[str, ...]
    whole: int  # steps in the full ask: base units of the resource asked most of
    least: int  # steps in the smallest award
    start: int | None  # None: the minimum is worth its share of the ask
    drawn: bytes  # its lot under the tie seed; the smallest goes first

    @property
    def linked(self) -> bool:
        """Says whether the request itself names a link."""
        return bool(self.label or self.requires)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The round as the checks read it.

    Shape: limits map (kind, owner, resource) to its bound and its members' asks.
    """

    policy: dict[str, Any]
    requests: dict[str, Request]
    limits: dict[About, tuple[int, dict[str, int]]]
    floors: dict[tuple[str, ...], tuple[int, dict[str, int]]]
    labels: dict[str, tuple[str, ...]]

    @property
    def is_walk(self) -> bool:
        """Says whether the objective is a walk down the ranking, with nothing to search."""
        return bool(self.policy["objective"] == "cut-line")

    @property
    def has_bound(self) -> bool:
        """Says whether the objective is a search with a bound; a walk and a purchase have none."""
        return self.policy["objective"] not in {"cut-line", "equal-shares"}


def ensure(holds: bool, fault: str) -> None:  # noqa: FBT001 - reads as "ensure that"
    """Raises Untrue with the fault unless the statement holds."""
    if not holds:
        raise Untrue(fault)


def ceiling(value: Fraction) -> int:
    """Rounds up."""
    return -(-value.numerator // value.denominator)


def facts_of(snapshot: dict[str, Any]) -> Facts:
    """Reads a snapshot; what it says a request is worth is recomputed.

    Raises: Untrue, and KeyError, TypeError or ValueError where the snapshot is malformed.
    """
    policy = snapshot["policy"]
    requests: dict[str, Request] = {}
    for held in snapshot["requests"]:
        ensure(held["id"] not in requests, f"request {held['id']} stands in the snapshot twice")
        requests[held["id"]] = _request(policy, held)
    labels: dict[str, tuple[str, ...]] = {}
    for request in requests.values():
        if request.label:
            labels[request.label] = (*labels.get(request.label, ()), request.id)
    return Facts(
        policy=policy,
        requests=requests,
        limits=_limits(policy, requests),
        floors=_floors(policy, requests),
        labels=labels,
    )


def _request(policy: dict[str, Any], held: dict[str, Any]) -> Request:
    ask: dict[str, int] = held["ask"]
    minimum: dict[str, int] = held["minimum"]
    name = held["id"]
    ensure(
        bool(ask) and all(_is_count(n) for n in ask.values()), f"request {name} asks for nothing"
    )
    for resource, least in minimum.items():
        ensure(0 <= least <= ask[resource], f"request {name} has a minimum above its ask")
    whole = max(ask.values())
    least = max(1, *(-(-n * whole // ask[r]) for r, n in minimum.items()))
    worth = _micropoints(held["worth"])
    request = Request(
        id=name,
        area=held["area"],
        groups=frozenset(held["groups"]),
        score=Fraction(held["score"]),
        worth=worth,
        ask=ask,
        minimum=minimum,
        label=held["either_or"],
        requires=tuple(held["requires"]),
        whole=whole,
        least=least,
        start=_start(policy, held, worth, Fraction(least, whole)),
        drawn=hashlib.sha256(f"{policy['tie_seed']}\n{name}".encode()).digest(),
    )
    _check_worth(policy, held, request)
    return request


def _start(policy: dict[str, Any], held: dict[str, Any], worth: int, share: Fraction) -> int | None:
    """What the minimum is worth where that is more than its share: as stated, or by the curve."""
    if held["value_at_minimum"] is not None:
        start = int(Fraction(held["value_at_minimum"]) * MICRO // 1)
        ensure(start <= worth, f"request {held['id']}: its minimum is worth more than its ask")
    else:
        exponent = Fraction(policy["curve_exponent"])
        if exponent == 1:
            return None
        start = root(worth**exponent.denominator * share**exponent.numerator, exponent.denominator)
    return start if start > worth * share // 1 else None


def root(power: Fraction, degree: int) -> int:
    """The largest integer whose power of this degree is at most the given one, by halving."""
    low, high = 0, 1
    while high**degree <= power:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= power else (low, middle)
    return low


def _check_worth(policy: dict[str, Any], held: dict[str, Any], request: Request) -> None:
    """A stated value counts as it is; else worth ** root lies at the power that it is the root of."""
    fault = f"request {request.id} is not worth {held['worth']}"
    if held["value"] is not None:
        ensure(request.worth == Fraction(held["value"]) * MICRO // 1, fault)
        return
    exponent = Fraction(policy["size_exponent"])
    first = next(r for r in policy["resources"] if request.ask.get(r["code"]))
    size = Fraction(request.ask[first["code"]], first["base_units"])
    power = (request.score * MICRO) ** exponent.denominator * size**exponent.numerator
    ensure(
        (
            request.worth**exponent.denominator
            <= power
            < (request.worth + 1) ** exponent.denominator
        ),
        fault,
    )


def _limits(
    policy: dict[str, Any], requests: dict[str, Request]
) -> dict[About, tuple[int, dict[str, int]]]:
    kept = Fraction(policy["reserve_share"]) + Fraction(policy["appeals_share"])
    limits: dict[About, tuple[int, dict[str, int]]] = {}
    for resource in policy["resources"]:
        code = resource["code"]
        bound = int(resource["pool"] * (1 - kept))
        limits["pool", "", code] = bound, _asks(requests.values(), code)
    for area in policy["areas"]:
        below = subtree(policy, area["id"])
        for code, cap in area["cap"].items():
            inside = _asks((r for r in requests.values() if r.area in below), code)
            limits["area", area["id"], code] = cap, inside
    for group in policy["groups"]:
        for code, cap in group["cap"].items():
            within = _asks((r for r in requests.values() if group["id"] in r.groups), code)
            limits["group", group["id"], code] = cap, within
    return limits


def _floors(
    policy: dict[str, Any], requests: dict[str, Request]
) -> dict[tuple[str, ...], tuple[int, dict[str, int]]]:
    floors: dict[tuple[str, ...], tuple[int, dict[str, int]]] = {}
    for area in policy["areas"]:
        below = subtree(policy, area["id"])
        owed = policy["carried"].get(area["id"], {})
        promises: dict[tuple[str, ...], int] = {
            (area["id"], code): promised for code, promised in area["floor"].items()
        }
        promises |= {
            (area["id"], code, "owed"): area["floor"].get(code, 0) + amount
            for code, amount in owed.items()
            if amount and _owed_part(policy, area, code) == _largest_owed(policy, code)
        }
        for about, promised in promises.items():
            if promised:
                inside = _asks((r for r in requests.values() if r.area in below), about[1])
                floors[about] = promised, inside
    return floors


def _owed_part(policy: dict[str, Any], area: dict[str, Any], code: str) -> Fraction:
    owed = policy["carried"].get(area["id"], {}).get(code, 0)
    return Fraction(owed, area["floor"].get(code, 0) + owed) if owed else Fraction(0)


def _largest_owed(policy: dict[str, Any], code: str) -> Fraction:
    """Those who are owed the largest part of what they were promised are repaid first."""
    return max(_owed_part(policy, area, code) for area in policy["areas"])


def _asks(members: Iterable[Request], code: str) -> dict[str, int]:
    return {r.id: r.ask[code] for r in members if r.ask.get(code)}


def subtree(policy: dict[str, Any], area: str) -> set[str]:
    """Collects an area and everything below it."""
    found = {area}
    while True:
        more = {a["id"] for a in policy["areas"] if a["parent"] in found} - found
        if not more:
            return found
        found |= more


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _micropoints(text: str) -> int:
    value = Fraction(text) * MICRO
    ensure(value.denominator == 1, f"{text} has more than six decimals")
    return value.numerator
