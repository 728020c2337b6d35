"""The [review] table is read whole, and everything wrong with it is told where it stands."""

from fractions import Fraction

import pytest

from apportion.adapters.files.parse import parse_round
from apportion.adapters.files.parse_review import parse_review
from apportion.core.faults import BadInput
from apportion.core.review.terms import ALWAYS, Ground, Names, Overdue, ReviewTerms
from tests.apps.small_lab import POLICY

REVIEW = """[review]
names = "blind"
opinions = 3
load = 5
remind_days = [1, 7, 7]
escalate_days = 0
overdue = "reassign"
reply_days = 4
conflicts = ["line", "coauthor"]
coauthor_years = 3
scale = [1, 5]
[[review.criteria]]
id = "insight"
name = "What would be learnt"
weight = 2
anchors = { "5" = "It changes what we do next.", "1" = "Nothing." }
[[review.criteria]]
id = "plan"
"""


def test_a_whole_table_is_read():
    terms = parse_review(REVIEW.encode(), "round.toml")
    assert terms.names is Names.BLIND
    assert (terms.opinions, terms.load, terms.remind_days) == (3, 5, (7, 1))
    assert (terms.escalate_days, terms.reply_days, terms.coauthor_years) == (0, 4, 3)
    assert terms.overdue is Overdue.REASSIGN
    assert terms.grounds == ALWAYS | {Ground.LINE, Ground.COAUTHOR}
    first, second = terms.rubric.criteria
    assert (first.weight, list(first.anchors)) == (Fraction(2), [1, 5])
    assert (second.name, second.weight) == ("plan", 1)
    assert terms.rubric.marks() == (1, 2, 3, 4, 5)


def test_a_policy_without_the_table_has_plain_terms():
    assert parse_review(POLICY.encode(), "round.toml") == ReviewTerms()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('names = "secret"', "review.names: not known (got 'secret')"),
        ("opinions = 0", "review.opinions: out of range"),
        ("load = true", "review.load: out of range"),
        ("remind_days = 3", "review.remind_days: not a list of days"),
        ("remind_days = [0]", "review.remind_days: out of range"),
        ('conflicts = ["tem"]', "Did you mean team?"),
        ('conflicts = "team"', "review.conflicts: not a list"),
        ("scale = [5, 1]", "review.scale: not a scale"),
        ("scale = [1, 5]", "review.scale: a scale of nothing"),
        ("criteria = 3", "review.criteria: not a list of tables"),
        ("colour = 3", "review.colour: unknown key"),
        ('[[review.criteria]]\nid = "a"\nweight = 0', "weight: out of range"),
        ('[[review.criteria]]\nid = "a"\n[[review.criteria]]\nid = "a"', "repeated"),
        ('[[review.criteria]]\nid = "a"\nanchors = { "11" = "x" }', "not a mark"),
        ('[[review.criteria]]\nid = "a"\nanchors = { "\u0663" = "x" }', "not a mark"),
        ("[[review.criteria]]\nname = 'a b'", "criteria[0].id: missing or not an id"),
    ],
)
def test_what_is_wrong_is_told_when_the_round_is_opened(line, told):
    with pytest.raises(BadInput) as error:
        parse_round(f"{POLICY}\n[review]\n{line}\n".encode(), "round.toml")
    assert told in str(error.value)
    assert "round.toml:" in str(error.value)
