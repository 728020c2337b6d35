"""What of an unused grant outlives its period, as a round's policy says it."""

from fractions import Fraction

import pytest

from apportion.adapters.files.parse import parse_round
from apportion.core.faults import BadInput

POLICY = """schema = "apportion.round/1"
name = "Spring"
[resources."gpu:h100"]
unit = "hour"
[resources."staff"]
unit = "week"
[pool]
"gpu:h100" = 100
"staff" = 2
[[areas]]
id = "foundations"
"""
HOUR = 3600


def carry(text):
    return parse_round((POLICY + text).encode(), "round.toml").carry


def test_a_policy_that_says_nothing_lets_everything_lapse():
    assert carry("").bound("gpu:h100", 100 * HOUR) == 0


def test_one_share_holds_for_every_resource():
    rule = carry("[period]\ncarry = 0.1\n")
    assert (rule.bound("gpu:h100", 100 * HOUR), rule.bound("staff", 7)) == (10 * HOUR, 0)


def test_a_share_of_one_resource_leaves_the_others_to_lapse():
    rule = carry('[period]\ncarry = { "gpu:h100" = 1 }\n')
    assert rule.shares == {"gpu:h100": Fraction(1)}
    assert (rule.bound("gpu:h100", 9), rule.bound("staff", 9)) == (9, 0)


def test_the_smaller_of_share_and_amount_bounds_what_is_carried():
    rule = carry('[period]\ncarry = 0.5\ncarry_at_most = { "gpu:h100" = 20 }\n')
    assert rule.bound("gpu:h100", 100 * HOUR) == 20 * HOUR
    assert rule.bound("gpu:h100", 10 * HOUR) == 5 * HOUR
    assert rule.bound("gpu:h100", -5) == 0


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [
        ("carry = 1.5", "period.carry", 13),
        ("carry = -1", "period.carry", 13),
        ("carry = true", "period.carry", 13),
        ('carry = { "gpu:b200" = 0.1 }', "period.carry.gpu:b200", 13),
        ('carry_at_most = { "gpu:b200" = 1 }', "period.carry_at_most.gpu:b200", 13),
        ("carried = 0.1", "period.carried", 13),
    ],
)
def test_a_carry_rule_is_refused_where_it_is_no_share_or_names_no_resource(text, field, line):
    with pytest.raises(BadInput) as error:
        carry(f"[period]\n{text}\n")
    assert [(f.field, f.line) for f in error.value.faults] == [(field, line)]
