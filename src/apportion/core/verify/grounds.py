"""Checks that nobody is denied or cut in silence, and that each exact reason is true."""

from fractions import Fraction
from typing import Any

from apportion.core.verify.awards import Taken
from apportion.core.verify.exchange import PIN, Check, exchange_checks
from apportion.core.verify.facts import About, Facts, Request, ceiling, ensure
from apportion.core.verify.ranking import Walk, left_everywhere
from apportion.core.verify.shares import Bought, share_check

LIMIT_KINDS = {"POOL_FULL": "pool", "AREA_CAP": "area", "GROUP_CAP": "group"}
NEEDED_TO_REPEAT = {
    "minimum": {"to", "tick_less"},
    "score": {"to", "tick_less"},
    "value": {"to", "tick_less"},
    "ask": {"to", "tick_less"},
    "limit": {"limit", "to", "tick_less", "raise_by"},
    "either_or": {"without"},
    "prerequisite": {"with"},
}


def check_grounds(
    facts: Facts,
    taken: Taken,
    document: dict[str, Any],
    *,
    walk: Walk | None,
    bought: Bought | None,
) -> None:
    """Checks reasons and counterfactuals of every award that is not the whole ask."""
    awards: list[dict[str, Any]] = document["awards"]
    lots = [lot["request"] for lot in document.get("ties", {}).get("lots", ())]
    left = left_everywhere(facts, taken)
    swaps = exchange_checks(facts, taken, left)
    for award in awards:
        request = facts.requests[award["request"]]
        if taken[request.id] == request.whole:
            continue
        exact = [reason for reason in award["reasons"] if reason["class"] == "exact"]
        ensure(bool(exact), f"request {request.id} is denied or cut without an exact reason")
        ensure(
            bool(award["counterfactuals"]), f"request {request.id} is told no way in, nor why none"
        )
        checks = _checks(facts, taken, walk) | swaps
        checks |= {"TIE_ZONE": _lot_check(taken, lots), "SHARES_SPENT": share_check(bought)}
        for reason in exact:
            holds = _limit_check(facts, taken, left)
            if "limit" not in reason["data"]:
                ensure(
                    reason["code"] in checks,
                    f"request {request.id}: the reason {reason['code']} names no limit",
                )
                holds = checks[reason["code"]]
            ensure(
                holds(request, reason),
                f"request {request.id}: the reason {reason['code']} does not hold",
            )
        for way in award["counterfactuals"]:
            _check_way(request, way)


def _checks(facts: Facts, taken: Taken, walk: Walk | None) -> dict[str, Check]:
    """The reasons that are not about a limit, each with how it is checked."""
    threshold = Fraction(facts.policy["cut_line"]["threshold"])

    def prerequisite(request: Request, reason: dict[str, Any]) -> bool:
        needed = reason["data"]["requires"]
        if needed not in request.requires or taken[request.id]:
            return False
        later = walk is not None and walk.order.index(needed) > walk.order.index(request.id)
        return not taken[needed] or later

    def either_or(request: Request, reason: dict[str, Any]) -> bool:
        funded = reason["data"]["funded"]
        same = facts.requests[funded].label == request.label is not None
        return same and funded != request.id and taken[funded] > 0

    def line_reached(request: Request, reason: dict[str, Any]) -> bool:
        stopped = reason["data"]["stopped_at"]
        return (
            walk is not None
            and stopped == walk.stopped_at
            and walk.order.index(request.id) > walk.order.index(stopped)
        )

    return {
        "PREREQUISITE": prerequisite,
        "EITHER_OR": either_or,
        "LINE_REACHED": line_reached,
        "BELOW_THRESHOLD": lambda request, _: walk is not None and request.score < threshold,
        "NO_VALUE": lambda request, _: walk is None and request.worth == 0,
    }


def _lot_check(taken: Taken, lots: list[str]) -> Check:
    def holds(request: Request, reason: dict[str, Any]) -> bool:
        place, among = reason["data"]["place"], reason["data"]["of"]
        earlier = any(taken[name] for name in lots[: place - 1])
        return earlier and bool(among == len(lots) and lots[place - 1 : place] == [request.id])

    return holds


def _limit_check(facts: Facts, taken: Taken, left: dict[About, Fraction]) -> Check:
    def holds(request: Request, reason: dict[str, Any]) -> bool:
        data = reason["data"]
        about: About = tuple(data["limit"])
        bound, members = facts.limits[about]
        steps = taken[request.id]
        more = Fraction((1 if steps else request.least) * members[request.id], request.whole)
        alone = reason["code"] == "INDIVISIBLE_MINIMUM" and not steps and more > bound
        if reason["code"] == "BOARD_OVERRIDE":
            alone = about[1].startswith(PIN)
        return (
            (alone or LIMIT_KINDS.get(reason["code"]) == about[0])
            and more > left[about]
            and (data["needed"], data["left"]) == (ceiling(more), int(left[about]))
        )

    return holds


def _check_way(request: Request, way: dict[str, Any]) -> None:
    """Only what was solved again may be said without "estimate"."""
    name = request.id
    if not way["verified"]:
        ensure(way["class"] != "exact", f"request {name}: an unverified way in is called exact")
        ensure(
            way["text"].startswith("Estimate"),
            f"request {name}: an unverified way in is not called an estimate",
        )
        return
    ensure(way["class"] == "exact", f"request {name}: a verified way in is not called exact")
    change = way["change"]
    ensure(
        NEEDED_TO_REPEAT.get(way["lever"], {"?"}) <= set(change),
        f"request {name}: a verified way in cannot be solved again",
    )
    ensure(
        _moves_the_right_way(request, way["lever"], change),
        f"request {name}: a way in by its {way['lever']} does not move it the right way",
    )


def _moves_the_right_way(request: Request, lever: str, change: dict[str, Any]) -> bool:
    """Says whether a lever's setting lies beyond what is, and a tick less between the two."""
    to: Any = change.get("to")
    less: Any = change.get("tick_less")
    match lever:
        case "either_or":
            right = bool(change["without"]) and request.id not in change["without"]
        case "prerequisite":
            right = bool(change["with"]) and set(change["with"]) <= set(request.requires)
        case "minimum":
            stated = request.minimum.items()
            right = to != less and all(0 <= to[r] <= less[r] <= n for r, n in stated)
        case "score":
            right = request.score <= Fraction(less) < Fraction(to)
        case "value":
            right = Fraction(less) < Fraction(to)
        case "limit":
            right = change["raise_by"] > 0 and less < to
        case _:
            right = to != less
    return right
