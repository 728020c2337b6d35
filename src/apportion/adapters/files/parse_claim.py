"""Reads claim.toml: what is claimed, what it may cost, and by which rules it is judged."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.evidence.claim import (
    Claim,
    ClaimKind,
    EvidencePolicy,
    Offer,
    Registration,
)
from apportion.core.evidence.costs import Prices
from apportion.core.ids import ResourceCode
from apportion.core.rates import Rate, RateCard
from apportion.core.units import DisplayUnit, Resource, parse_credits

SCHEMA = "apportion.evidence/1"
CLAIM_KEYS = (
    "kind",
    "metric",
    "unit",
    "effect",
    "arms",
    "direction",
    "range",
    "alpha",
    "sides",
    "power",
    "assurance",
    "paired",
    "comparisons",
    "looks",
    "target",
)
KEYS = {
    "": ("schema", "claim", "grant", "rates", "prices", "policy", "registered"),
    "claim": CLAIM_KEYS,
    "grant": ("starts_at", "ends_at", "ask", "minimum", "offer"),
    "rates": ("resource", "unit", "credits", "from"),
    "prices": ("until",),
    "policy": (
        "least_seeds",
        "least_pilot_runs",
        "cap_multiple",
        "history_spread",
        "history_weight",
        "extreme_spread",
        "prior",
        "tuning_runs",
        "setup",
        "least_sizes",
        "least_decades",
        "farthest",
    ),
    "registered": ("metric", "effect", "seeds"),
}
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)
DEFAULT_SPAN = timedelta(days=90)
MOST_LOOKS, MOST_COMPARISONS = 20, 1000
MEASURED = {"spread": "sigma std sd deviation", "cost": "costs cost_per_run gpu_hours hours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A whole claim.toml: everything an estimate needs but the pilot."""

    claim: Claim
    prices: Prices
    policy: EvidencePolicy
    offer: Offer
    registered: Registration | None
    resources: dict[str, Resource]


def parse_claim(data: bytes, file: str, *, in_office: bool = False) -> Question:
    """Reads a claim; in an office, which has rates, rules and amounts of its own, only the claim.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, text = read_toml(data, faults)
    question = _Reader(faults, held, key_lines(text), KEYS).question(in_office=in_office)
    faults.stop_if_any()
    return question


class _Reader(TomlReader):
    """Reads one table after the other and goes on after a fault."""

    def question(self, *, in_office: bool) -> Question:
        """Reads everything; what could not be read has left a fault."""
        self._known((), self._held, "")
        schema = self._held.get("schema")
        if schema != SCHEMA:
            self._fault(("schema",), "missing or not known", f'Write schema = "{SCHEMA}"', schema)
        rates = [self._rate(n, one) for n, one in enumerate(self._tables("rates"))]
        if in_office:
            self._leave_to_office()
        elif not rates:
            self._fault(("rates",), "no price", "Add [[rates]] with resource and credits")
        claim = self._claim(self._table(("claim",), self._held.get("claim", {}), "claim"))
        return Question(
            claim=claim,
            prices=Prices(
                card=RateCard(tuple(rate for rate in rates if rate)),
                until=self._instant(
                    ("prices", "until"),
                    self._table(("prices",), self._held.get("prices", {}), "prices").get("until"),
                ),
            ),
            policy=self._policy(self._table(("policy",), self._held.get("policy", {}), "policy")),
            offer=self._offer(self._table(("grant",), self._held.get("grant", {}), "grant")),
            registered=self._registered_by(claim) if in_office else self._registered(),
            resources=self._resources,
        )

    def _leave_to_office(self) -> None:
        """Says of what the office has itself that it is not the applicant's to write."""
        for key in ("grant", "rates", "prices", "policy"):
            if key in self._held:
                remedy = "Leave it out: rates, rules and amounts are the office's"
                self._fault((key,), "not part of a registration", remedy, key)

    def _registered_by(self, claim: Claim) -> Registration | None:
        """Reads the seeds of a registration, which is about the claim in the same file."""
        held = self._table(("registered",), self._held.get("registered", {}), "registered")
        seeds = held.get("seeds")
        whole = isinstance(seeds, list) and all(type(seed) is int for seed in seeds)
        if not seeds or not whole or len(set(seeds)) != len(seeds):
            remedy = "Write seeds = [0, 1, 2, 3, 4] under [registered]: those of the pilot"
            self._fault(("registered", "seeds"), "missing or not different numbers", remedy, seeds)
            return None
        return Registration(metric=claim.metric, effect=claim.effect, seeds=tuple(seeds))

    def _known(self, path: Path, held: Any, kind: str) -> None:
        """As everywhere, but says why nobody may type what the meter measures."""
        for measured, others in MEASURED.items():
            for key in {measured, *others.split()} & set(held):
                remedy = "Leave it out: spread and cost come from the pilot's metered jobs"
                self._fault((*path, key), f"the {measured} is measured, never typed", remedy, key)
        plain = {k: v for k, v in held.items() if not _is_measured(k)}
        super()._known(path, plain, kind)

    def _claim(self, held: dict[str, Any]) -> Claim:
        at = partial(self._real, "claim", held)
        kinds = [kind.value for kind in ClaimKind]
        kind = held.get("kind")
        if kind not in kinds:
            self._fault(("claim", "kind"), "missing or not known", near(str(kind), kinds), kind)
            kind = ClaimKind.COMPARE_MEANS.value
        direction = held.get("direction", "higher")
        if direction not in {"higher", "lower"}:
            remedy = 'Write "higher" or "lower": which values of the metric are better'
            self._fault(("claim", "direction"), "not a direction", remedy, direction)
        sides = self._whole("claim", held, "sides", default=2, least=1, most=2)
        alpha = at("alpha", default=0.05, above=0, below=0.5)
        return Claim(
            kind=ClaimKind(kind),
            metric=self._text(("claim", "metric"), held.get("metric")),
            unit=self._text(("claim", "unit"), held.get("unit", held.get("metric"))),
            effect=at("effect", default=None),
            arms=self._arms(held.get("arms", [])),
            higher_is_better=direction == "higher",
            metric_range=self._range(held.get("range")),
            alpha=alpha,
            sides=sides,
            power=at("power", default=0.8, above=alpha / sides, below=1),
            assurance=at("assurance", default=0.8, above=0, below=1),
            paired=self._flag(("claim", "paired"), held.get("paired", False)),
            comparisons=self._whole(
                "claim", held, "comparisons", default=1, least=1, most=MOST_COMPARISONS
            ),
            looks=self._whole("claim", held, "looks", default=3, least=1, most=MOST_LOOKS),
            target=self._target(held.get("target", {})),
        )

    def _policy(self, held: dict[str, Any]) -> EvidencePolicy:
        at, count = partial(self._real, "policy", held), partial(self._whole, "policy", held)
        default = EvidencePolicy()
        cap = (
            count("cap_multiple", default=0, least=1, most=10**6)
            if "cap_multiple" in held
            else None
        )
        history = at("history_spread", default=None, above=0) if "history_spread" in held else None
        extreme = at("extreme_spread", default=None, above=0) if "extreme_spread" in held else None
        return EvidencePolicy(
            least_seeds=count("least_seeds", default=default.least_seeds, least=2, most=10**6),
            least_pilot_runs=count(
                "least_pilot_runs", default=default.least_pilot_runs, least=2, most=10**6
            ),
            history_weight=count(
                "history_weight", default=default.history_weight, least=0, most=10**6
            ),
            prior=at("prior", default=default.prior, above=0, below=1),
            tuning_runs=count("tuning_runs", default=0, least=0, most=10**6),
            setup=self._amounts(("policy", "setup"), held.get("setup", {})),
            least_sizes=count("least_sizes", default=default.least_sizes, least=2, most=10**6),
            least_decades=at("least_decades", default=default.least_decades, above=0),
            farthest=at("farthest", default=default.farthest, above=1),
            cap_multiple=cap,
            history_spread=history,
            extreme_spread=extreme,
        )

    def _offer(self, held: dict[str, Any]) -> Offer:
        starts = self._instant(("grant", "starts_at"), held.get("starts_at")) or SINCE_EVER
        ends = self._instant(("grant", "ends_at"), held.get("ends_at")) or starts + DEFAULT_SPAN
        if ends <= starts:
            self._fault(("grant", "ends_at"), "before it starts", "Write a later instant", ends)
        amounts = {
            name: self._quantity(("grant", name), held[name], parse_credits)
            for name in ("ask", "minimum", "offer")
            if name in held
        }
        least, most = amounts.get("minimum"), amounts.get("ask")
        if least is not None and most is not None and least > most:
            self._fault(("grant", "minimum"), "above the ask", "Ask for the minimum at least")
        return Offer(starts_at=starts, ends_at=ends, **amounts)

    def _rate(self, place: int, held: dict[str, Any]) -> Rate | None:
        path: Path = ("rates", place)
        self._known(path, held, "rates")
        code = self._id((*path, "resource"), held.get("resource"))
        units = [unit.value for unit in DisplayUnit]
        unit = held.get("unit", DisplayUnit.HOUR.value)
        if unit not in units:
            self._fault((*path, "unit"), "not a display unit", near(str(unit), units), unit)
            return None
        self._resources[code] = Resource(code=code, unit=DisplayUnit(unit))
        price = self._quantity((*path, "credits"), held.get("credits"), parse_credits)
        starts = self._instant((*path, "from"), held.get("from")) or SINCE_EVER
        if price is None:
            return None
        return Rate(
            resource=ResourceCode(code),
            unit=DisplayUnit(unit),
            microcredits_per_unit=price,
            starts_at=starts,
        )

    def _registered(self) -> Registration | None:
        if "registered" not in self._held:
            return None
        held = self._table(("registered",), self._held["registered"], "registered")
        seeds = held.get("seeds", [])
        if not isinstance(seeds, list) or not all(type(seed) is int for seed in seeds):
            self._fault(("registered", "seeds"), "not whole numbers", "Write seeds = [0, 1, 2]")
            seeds = []
        return Registration(
            metric=self._text(("registered", "metric"), held.get("metric")),
            effect=self._real("registered", held, "effect", default=None),
            seeds=tuple(seeds),
        )

    def _arms(self, held: object) -> tuple[str, ...]:
        if not isinstance(held, list) or len(set(map(str, held))) != len(held):
            self._fault(("claim", "arms"), "not two arms", 'Write arms = ["new", "old"]', held)
            return ()
        return tuple(self._id(("claim", "arms"), arm) for arm in held)

    def _range(self, held: object) -> tuple[float, float] | None:
        if held is None:
            return None
        pair = held if isinstance(held, list) and len(held) == 2 else []
        values = [float(x) for x in pair if isinstance(x, int | Decimal) and type(x) is not bool]
        if len(values) != 2 or not values[0] < values[1]:
            self._fault(("claim", "range"), "not a range", "Write range = [least, most]", held)
            return None
        return values[0], values[1]

    def _target(self, held: object) -> dict[str, float]:
        plain = self._plain(("claim", "target"), held)
        return {
            name: self._real_at(("claim", "target", name), value, above=0)
            for name, value in plain.items()
        }

    def _flag(self, path: Path, held: object) -> bool:
        if not isinstance(held, bool):
            self._fault(path, "not true or false", "Write true or false", held)
        return bool(held)

    def _instant(self, path: Path, held: object) -> datetime | None:
        if held is None:
            return None
        if type(held) is date:
            return datetime(held.year, held.month, held.day, tzinfo=UTC)
        if not isinstance(held, datetime) or held.tzinfo is None:
            remedy = "Write it with its offset, such as 2026-11-22T00:00:00Z, without quotes"
            self._fault(path, "not an instant", remedy, held)
            return None
        return held.astimezone(UTC)

    def _whole(
        self, table: str, held: dict[str, Any], key: str, *, default: int, least: int, most: int
    ) -> int:
        value = held.get(key, default)
        if type(value) is not int or not least <= value <= most:
            remedy = f"Write a whole number from {least} to {most}"
            self._fault((table, key), "not such a number", remedy, value)
            return default
        return value

    def _real(
        self,
        table: str,
        held: dict[str, Any],
        key: str,
        *,
        default: float | None,
        above: float = -math.inf,
        below: float = math.inf,
    ) -> float:
        if key not in held and default is not None:
            return default
        return self._real_at((table, key), held.get(key), above=above, below=below)

    def _real_at(
        self, path: Path, held: object, *, above: float = -math.inf, below: float = math.inf
    ) -> float:
        value = math.nan
        if isinstance(held, int | float | Decimal) and not isinstance(held, bool):
            value = float(held)
        if not above < value < below:
            bounds = f" above {above:g}" * (above > -math.inf) + f" below {below:g}" * (
                below < math.inf
            )
            self._fault(path, "missing or not such a number", f"Write a number{bounds}", held)
            return 0.5
        return value


def _is_measured(key: str) -> bool:
    return any(key in {word, *others.split()} for word, others in MEASURED.items())
