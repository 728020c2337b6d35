"""Ways to split a budget over many projects, compared by what they find and what they get wrong.

Thin equal grants are not always the worst: against reviewers who know nothing they find more than
whole grants to the wrong projects. The comparison shows that too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy
from numpy.typing import NDArray

from apportion.core.evidence.looks import even_looks, obrien_fleming
from apportion.core.evidence.power import Comparison, fewest_runs

Numbers = NDArray[np.float64]
LEAST = 2  # runs of each arm that a judgement takes


class Rule(StrEnum):
    """How the budget is split."""

    THIN = "equal thin split"
    FULL = "full minimum, best scores first"
    PILOT = "pilot, then full minimum by what it showed"
    STAGED = "pilot, then looks with futility stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Projects as nobody sees them.

    Units: effects in standard deviations of a run; noise in standard deviations of true merit.
    """

    projects: int = 40
    true_share: float = 0.3
    effect: float = 0.9  # mean of the true ones
    effect_spread: float = 0.2
    declared: float = 0.8  # what minimums are planned for
    score_noise: float = 0.8
    tail: float = 0.025
    power: float = 0.8
    pilot: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule came to, on average. Units: budget and spent in pairs of runs."""

    rule: Rule
    budget: int
    score_noise: float
    true_finds: float
    false_rate: float  # false finds over all finds
    spent: float


def compare_rules(
    world: World,
    *,
    budgets: Sequence[int],
    noises: Sequence[float],
    repeats: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> tuple[Found, ...]:
    """Plays every rule at every budget and score noise on the same draws.

    Same seed, same numbers. `progress` is told how many of all games are done.
    """
    plan = _Plan.of(world)
    total = len(budgets) * len(noises) * len(Rule)
    found: list[Found] = []
    for noise in noises:
        for budget in budgets:
            for rule in Rule:
                found.append(_average(world, plan, rule, budget, noise, repeats=repeats, seed=seed))
                progress(len(found), total)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a minimum is in this world, and how it is looked at. Units: pairs of runs."""

    minimum: int
    looks: tuple[int, ...]
    boundaries: tuple[float, ...]

    @classmethod
    def of(cls, world: World) -> "_Plan":
        test = Comparison(tail=world.tail)
        minimum = fewest_runs(test, effect=world.declared, wanted=world.power) or LEAST
        design = obrien_fleming(even_looks(3), world.tail)
        looks = tuple(max(LEAST, round(t * minimum)) for t in design.fractions)
        return cls(minimum=minimum, looks=looks, boundaries=design.boundaries)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Game:
    """One draw: who is true, what reviewers think, and every run that might be made."""

    effects: Numbers
    scores: Numbers
    differences: Numbers  # of pairs, projects x pairs

    @classmethod
    def draw(cls, world: World, noise: float, most: int, rng: np.random.Generator) -> "_Game":
        true = rng.random(world.projects) < world.true_share
        size = world.effect + world.effect_spread * rng.standard_normal(world.projects)
        effects = np.where(true, size, 0.0)
        scores = effects / world.effect + noise * rng.standard_normal(world.projects)
        pairs = effects[:, None] + np.sqrt(2) * rng.standard_normal((world.projects, most))
        return cls(effects=effects, scores=scores, differences=pairs)

    def z(self, project: int, runs: int) -> float:
        """Judges a project on its first pairs, by the t of the differences as a z."""
        each = self.differences[project, :runs]
        t = float(each.mean() / (each.std(ddof=1) / np.sqrt(runs)))
        return -float(scipy.special.ndtri(max(float(scipy.special.stdtr(runs - 1, -t)), 1e-300)))


def _average(
    world: World,
    plan: _Plan,
    rule: Rule,
    budget: int,
    noise: float,
    *,
    repeats: int,
    seed: int,
) -> Found:
    true_finds = finds = spent = 0
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, repeat])  # the same games for every rule
        most = max(plan.minimum, budget // world.projects) + world.pilot
        game = _Game.draw(world, noise, most, rng)
        winners, used = PLAY[rule](world, plan, game, budget)
        finds += len(winners)
        true_finds += sum(bool(game.effects[p] > 0) for p in winners)
        spent += used
    return Found(
        rule=rule,
        budget=budget,
        score_noise=noise,
        true_finds=true_finds / repeats,
        false_rate=(finds - true_finds) / finds if finds else 0.0,
        spent=spent / repeats,
    )


def _thin(world: World, _plan: _Plan, game: _Game, budget: int) -> tuple[list[int], int]:
    each = budget // world.projects
    if each < LEAST:  # so thin that only some get what can be judged at all
        funded, each = list(range(budget // LEAST)), LEAST
    else:
        funded = list(range(world.projects))
    line = -float(scipy.special.ndtri(world.tail))
    return [p for p in funded if game.z(p, each) >= line], each * len(funded)


def _full(world: World, plan: _Plan, game: _Game, budget: int) -> tuple[list[int], int]:
    funded = _best(game.scores)[: budget // plan.minimum]
    line = -float(scipy.special.ndtri(world.tail))
    return [p for p in funded if game.z(p, plan.minimum) >= line], plan.minimum * len(funded)


def _pilot(world: World, plan: _Plan, game: _Game, budget: int) -> tuple[list[int], int]:
    tried = _best(game.scores)[: budget // 3 // world.pilot]
    ranked = sorted(tried, key=lambda p: -float(game.differences[p, : world.pilot].mean()))
    left, line = budget - world.pilot * len(tried), -float(scipy.special.ndtri(world.tail))
    funded = ranked[: left // plan.minimum]
    fresh = _later(game, world.pilot)
    winners = [p for p in funded if fresh.z(p, plan.minimum) >= line]
    return winners, world.pilot * len(tried) + plan.minimum * len(funded)


def _staged(world: World, plan: _Plan, game: _Game, budget: int) -> tuple[list[int], int]:
    tried = _best(game.scores)[: budget // 3 // world.pilot]
    ranked = sorted(tried, key=lambda p: -float(game.differences[p, : world.pilot].mean()))
    left, fresh, winners = budget - world.pilot * len(tried), _later(game, world.pilot), []
    for project in ranked:
        if left < plan.minimum:  # a stage is begun only where its whole minimum is held
            break
        used, won = _stages(world, plan, fresh, project)
        left -= used
        if won:
            winners.append(project)
    return winners, budget - left


def _stages(world: World, plan: _Plan, game: _Game, project: int) -> tuple[int, bool]:
    drift = world.declared * (plan.minimum / 2) ** 0.5
    for look, (runs, line) in enumerate(zip(plan.looks, plan.boundaries, strict=True)):
        z = game.z(project, runs)
        if z >= line:
            return runs, True
        part = runs / plan.minimum
        ahead = z * part**0.5 + drift * (1 - part)
        hopeless = ahead < plan.boundaries[-1] + scipy.special.ndtri(0.1) * (1 - part) ** 0.5
        if look < len(plan.looks) - 1 and hopeless:
            return runs, False
    return plan.minimum, False


def _later(game: _Game, pilot: int) -> _Game:
    """The same projects on runs that the pilot has not seen."""
    return _Game(effects=game.effects, scores=game.scores, differences=game.differences[:, pilot:])


def _best(scores: Numbers) -> list[int]:
    return [int(p) for p in np.argsort(-scores, kind="stable")]


PLAY: dict[Rule, Callable[[World, _Plan, _Game, int], tuple[list[int], int]]] = {
    Rule.THIN: _thin,
    Rule.FULL: _full,
    Rule.PILOT: _pilot,
    Rule.STAGED: _staged,
}
