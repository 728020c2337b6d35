"""[decide.ties], the seed and its hash: read as they are meant, or refused with path and remedy."""

import hashlib
from fractions import Fraction

import pytest

from apportion.adapters.files.parse import parse_round
from apportion.core.faults import BadInput
from apportion.core.policy import SEALED_PREFIX, TieBy, TieRule

PLAIN = """schema = "apportion.round/1"
name = "test"
[pool]
"gpu:h100" = 10
[[areas]]
id = "lab"
name = "Lab"
[decide]
"""
HASH = hashlib.sha256(b"a seed").hexdigest()


def ties_of(text):
    return parse_round((PLAIN + text).encode(), "round.toml")


def faults_of(text):
    with pytest.raises(BadInput) as caught:
        ties_of(text)
    return [(fault.field, fault.what) for fault in caught.value.faults]


def test_a_round_without_a_rule_shows_the_zone_and_lets_nobody_draw():
    assert ties_of("").ties == TieRule(low=Fraction(1, 10), high=Fraction(9, 10), by=None)


def test_a_rule_is_read_whole():
    rule = 'ties = { zone = [0.2, 0.8], by = "lottery", draws = 100, allow_uncommitted = true }'
    assert ties_of(rule).ties == TieRule(
        low=Fraction(1, 5),
        high=Fraction(4, 5),
        by=TieBy.LOTTERY,
        draws=100,
        allow_uncommitted=True,
    )


def test_a_hash_without_its_seed_leaves_the_seed_sealed():
    policy = ties_of(f'tie_commitment = "{HASH}"')
    assert policy.is_sealed
    assert (policy.tie_seed, policy.tie_commitment) == (SEALED_PREFIX + HASH, HASH)
    assert not ties_of(f'tie_seed = "a seed"\ntie_commitment = "{HASH}"').is_sealed


@pytest.mark.parametrize(
    ("text", "field", "what"),
    [
        (f'tie_seed = "other"\ntie_commitment = "{HASH}"', "tie_seed", "not the seed that was committed"),
        ('tie_commitment = "00"', "tie_commitment", "not a hash"),
        ("tie_commitment = 5", "tie_commitment", "not a hash"),
        ('tie_seed = "sealed:x"', "tie_seed", "a word of our own"),
        ("ties = 3", "ties", "not a table"),
        ("ties = { zones = [0, 1] }", "ties.zones", "unknown key"),
        ("ties = { zone = 0.1 }", "ties.zone", "not two odds"),
        ("ties = { zone = [0.9, 0.1] }", "ties.zone", "not a zone of odds"),
        ("ties = { zone = [0.1, 1.1] }", "ties.zone", "not a zone of odds"),
        ("ties = { zone = [-0.1, 0.9] }", "ties.zone", "negative"),
        ('ties = { by = "coin" }', "ties.by", "nobody who settles ties"),
        ("ties = { draws = 5 }", "ties.draws", "not a number of draws"),
        ("ties = { draws = 100000 }", "ties.draws", "not a number of draws"),
        ("ties = { draws = true }", "ties.draws", "not a number of draws"),
        ('ties = { allow_uncommitted = "yes" }', "ties.allow_uncommitted", "not true or false"),
    ],
)  # fmt: skip
def test_a_rule_is_refused_when_it_cannot_be_meant(text, field, what):
    assert (f"decide.{field}", what) in faults_of(text)
