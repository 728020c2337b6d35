"""Real elections come out as pabutools 1.2.3 has them, id for id, under every rule that applies."""

import hashlib
import json

import pytest

from apportion.adapters.pabulib.parse import parse_election
from apportion.core.decide.rules.elect import Rule, elect
from apportion.core.decide.rules.election import Satisfaction

RULES = {
    "greedy_welfare": Rule.GREEDY,
    "mes": Rule.EQUAL_SHARES,
    "max_welfare": Rule.MAX_WELFARE,
    "sequential_phragmen": Rule.PHRAGMEN,
}
WAYS = {
    "Cost_Sat": Satisfaction.COST,
    "Cardinality_Sat": Satisfaction.CARDINALITY,
    "Additive_Cardinal_Sat": Satisfaction.POINTS,
    "Additive_Borda_Sat": Satisfaction.BORDA,
    "": None,
}


@pytest.fixture(scope="module")
def data(shared):
    if not (shared / "data" / "pabulib_expected.json").exists():
        pytest.skip("no elections here: set APPORTION_SHARED to the folder that has data/pabulib")
    return shared / "data"


def test_every_real_election_comes_out_the_same(data):
    instances = json.loads((data / "pabulib_expected.json").read_text())["instances"]
    different, compared = [], 0
    for name, expected in instances.items():
        held = (data / "pabulib" / name).read_bytes()
        assert hashlib.sha256(held).hexdigest() == expected["sha256"]
        election = parse_election(held, name)
        assert len(election.projects) == expected["projects"]
        assert election.voters == expected["votes"]
        for key, selected in expected["outcomes"].items():
            rule, _, way = key.partition("/")
            elected = elect(election, rule=RULES[rule], satisfaction=WAYS[way])
            compared += 1
            same = list(elected.selected) == selected
            if not same or elected.cost != expected["total_cost"][key] * elected.scale:
                different.append(f"{name} {key}")
    assert different == []
    assert (len(instances), compared) == (31, 147)
