"""Lets equal shares buy a round again, from the words of the rule, and compares.

Nothing here is shared with the engine: prices, counts and limits are worked out anew.
"""

from collections.abc import Callable
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Any

from apportion.core.verify.awards import Taken
from apportion.core.verify.exchange import PIN
from apportion.core.verify.facts import MICRO, Facts, Request, ensure, root

Check = Callable[[Request, dict[str, Any]], bool]
Purse = dict[str, Fraction]


class Bought:
    """A round bought by equal shares. Units: money in pools, steps as in `Request`."""

    def __init__(self, facts: Facts, opinions: dict[str, dict[str, str]]) -> None:
        self._facts, self._rule = facts, facts.policy["equal_shares"]
        self._limits_of: dict[str, list[tuple[str, str, str]]] = {n: [] for n in facts.requests}
        for about, (_, members) in facts.limits.items():
            for name in members:
                self._limits_of[name].append(about)
        self._left = {about: Fraction(bound) for about, (bound, _) in facts.limits.items()}
        self._pools = {
            about[2]: bound
            for about, (bound, members) in facts.limits.items()
            if about[0] == "pool" and members and bound
        }
        self.given: Taken = dict.fromkeys(facts.requests, 0)
        self.price = {name: self._whole_price(r) / r.whole for name, r in facts.requests.items()}
        self.counts = {name: self._counts(name, opinions[name]) for name in facts.requests}
        voters = {voter for counts in self.counts.values() for voter in counts}
        self.purses: Purse = {v: Fraction(len(self._pools), len(voters)) for v in voters}
        self._buy_minimums()
        self.short = not self._rule["complete"]
        if self._rule["complete"]:
            self._complete()

    def parts_left(self, name: str) -> tuple[str, str]:
        """What backers have left, and what the next award costs them, in parts of all pools."""
        request, steps = self._facts.requests[name], self.given[name]
        aim = steps + 1 if steps else request.least
        left = sum((self.purses[v] for v in self.counts[name]), Fraction(0))
        pools = len(self._pools)
        return str(left / pools), str(self.price[name] * (aim - steps) / pools)

    def _whole_price(self, request: Request) -> Fraction:
        parts = (Fraction(n, self._pools[r]) for r, n in request.ask.items() if r in self._pools)
        return sum(parts, Fraction(0))

    def _counts(self, name: str, opinions: dict[str, str]) -> dict[str, Fraction]:
        """What the whole ask counts for each voter who is for it."""
        request, policy = self._facts.requests[name], self._facts.policy
        by_area = self._rule["voters"] == "areas"
        scores = {self._home(request.area): request.score}
        if not by_area:
            scores = {voter: Fraction(text) for voter, text in opinions.items()}
        threshold = Fraction(policy["cut_line"]["threshold"])
        found = {}
        for voter, score in scores.items():
            if self._rule["count"] == "approval":
                counted = self.price[name] * request.whole if score >= threshold else Fraction(0)
            else:
                counted = Fraction(request.worth if by_area else _worth(policy, request, score))
            if counted:
                found[voter] = counted
        return found

    def _home(self, area: str) -> str:
        """The area that votes: one that an override made for a single request is its parent."""
        parents = {held["id"]: held["parent"] for held in self._facts.policy["areas"]}
        while area.startswith(PIN) and parents[area]:
            area = parents[area]
        return area

    def _buy_minimums(self) -> None:
        """Buys the cheapest minimum again and again; then raises awards in the order bought.

        Everything is on offer for nothing until its turn comes and shows what it costs: purses
        only empty, so what costs no more than it was told to is the cheapest there is.
        """
        requests = self._facts.requests
        needed_by: dict[str, list[str]] = {}
        for request in requests.values():
            for needed in request.requires:
                needed_by.setdefault(needed, []).append(request.id)
        offers = [(Fraction(0), request.drawn, name) for name, request in requests.items()]
        heapify(offers)
        bought: list[str] = []
        while offers:
            told, drawn, name = heappop(offers)
            request = requests[name]
            if self.given[name] or not self._linked(request) or self._most(name) < request.least:
                continue
            rate = self._rate(name, request.least)
            if rate is None:
                continue
            rate = rate * request.whole / request.least
            if rate > told:
                heappush(offers, (rate, drawn, name))
                continue
            self._buy(name, request.least)
            bought.append(name)
            for child in needed_by.get(name, ()):
                heappush(offers, (Fraction(0), requests[child].drawn, child))
        for name in bought:
            held = sum((self.purses[v] for v in self.counts[name]), Fraction(0))
            paid = self.given[name] + int(held / self.price[name])
            more = min(self._facts.requests[name].whole, self._most(name), paid) - self.given[name]
            if more > 0:
                self._buy(name, more)

    def _complete(self) -> None:
        """Goes down by what requests count for all per price, again while anything is raised."""

        def rank(name: str) -> tuple[Fraction, bytes]:
            whole = self.price[name] * self._facts.requests[name].whole
            counted = sum(self.counts[name].values(), Fraction(0))
            return -(counted / whole if whole else counted), self._facts.requests[name].drawn

        again = True
        while again:
            again = False
            for name in sorted(self.given, key=rank):
                request = self._facts.requests[name]
                steps = min(request.whole, self._most(name))
                if max(self.given[name] + 1, request.least) <= steps and self._linked(request):
                    self._give(name, steps - self.given[name])
                    again = True

    def _rate(self, name: str, steps: int) -> Fraction | None:
        """The price per unit of what the whole ask counts; None where backers cannot pay."""
        due, counts = self.price[name] * steps, dict(self.counts[name])
        if not counts or sum((self.purses[v] for v in counts), Fraction(0)) < due:
            return None
        while True:
            rate = due / sum(counts.values())
            dry = [v for v, n in counts.items() if self.purses[v] < rate * n]
            if not dry:
                return rate
            for voter in dry:
                due -= self.purses[voter]
                del counts[voter]

    def _buy(self, name: str, steps: int) -> None:
        """Takes the price from its backers."""
        rate = self._rate(name, steps)
        ensure(rate is not None, f"request {name}: its backers cannot pay")
        for voter, counted in self.counts[name].items():
            self.purses[voter] -= min(self.purses[voter], (rate or Fraction(0)) * counted)
        self._give(name, steps)

    def _give(self, name: str, steps: int) -> None:
        self.given[name] += steps
        whole = self._facts.requests[name].whole
        for about in self._limits_of[name]:
            self._left[about] -= Fraction(steps * self._facts.limits[about][1][name], whole)

    def _most(self, name: str) -> int:
        """The most steps that every limit leaves, what the request has counted in."""
        whole = self._facts.requests[name].whole
        free = (
            int(self._left[about] * whole / self._facts.limits[about][1][name])
            for about in self._limits_of[name]
        )
        return self.given[name] + min(free, default=whole)

    def _linked(self, request: Request) -> bool:
        mates = self._facts.labels.get(request.label or "", ())
        alone = not any(self.given[name] for name in mates if name != request.id)
        return alone and all(self.given[name] for name in request.requires)


def check_shares(facts: Facts, taken: Taken, snapshot: dict[str, Any]) -> Bought:
    """Buys the round again and compares each award."""
    opinions = {held["id"]: held.get("opinions", {}) for held in snapshot["requests"]}
    bought = Bought(facts, opinions)
    for name, steps in bought.given.items():
        ensure(
            taken[name] == steps,
            f"request {name}: equal shares buy {steps}/{facts.requests[name].whole}",
        )
    return bought


def share_check(bought: Bought | None) -> Check:
    """Checks that a request is short of what its backers have left."""

    def holds(request: Request, reason: dict[str, Any]) -> bool:
        if bought is None or not bought.short:
            return False
        left, costs = bought.parts_left(request.id)
        told = reason["data"]["left"], reason["data"]["costs"]
        return told == (left, costs) and Fraction(left) < Fraction(costs)

    return holds


def _worth(policy: dict[str, Any], request: Request, score: Fraction) -> int:
    """What the whole ask is worth at a reviewer's score, in micropoints, rounded down."""
    exponent = Fraction(policy["size_exponent"])
    first = next(r for r in policy["resources"] if request.ask.get(r["code"]))
    size = Fraction(request.ask[first["code"]], first["base_units"])
    power = (score * MICRO) ** exponent.denominator * size**exponent.numerator
    return root(power, exponent.denominator)
