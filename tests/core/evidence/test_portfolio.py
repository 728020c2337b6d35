"""Ways to split a budget: what the comparison must show, thin splits winning included."""

from apportion.core.evidence.portfolio import Rule, World, compare_rules


def told(budget, noise, *, repeats=120, seed=3):
    found = compare_rules(World(), budgets=[budget], noises=[noise], repeats=repeats, seed=seed)
    return {one.rule: one for one in found}


def test_whole_minimums_find_more_than_thin_splits_where_reviewers_see_something():
    found = told(240, 0.8)
    assert found[Rule.FULL].true_finds > 1.3 * found[Rule.THIN].true_finds
    assert found[Rule.THIN].false_rate > 0.1 > found[Rule.FULL].false_rate


def test_thin_splits_find_more_than_whole_minimums_where_reviewers_see_nothing():
    found = told(240, 50.0)
    assert found[Rule.THIN].true_finds > found[Rule.FULL].true_finds
    assert found[Rule.STAGED].false_rate < 0.05 < found[Rule.THIN].false_rate


def test_stages_spend_less_than_the_budget_and_never_more():
    for one in told(480, 0.8).values():
        assert one.spent <= 480


def test_the_same_seed_gives_the_same_numbers_and_progress_is_told():
    steps = []
    games = {"budgets": [120], "noises": [0.8], "repeats": 5, "seed": 9}
    first = compare_rules(World(), **games, progress=lambda done, of: steps.append((done, of)))
    assert first == compare_rules(World(), **games)
    assert steps == [(n, 4) for n in range(1, 5)]
