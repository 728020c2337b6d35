"""A decision is drawn so that who is in, who is not and why stand on one screen."""

from pathlib import Path

import pytest

from apportion.adapters.files.parse import parse_requests, parse_round
from apportion.adapters.files.render import decision_bytes, overview, summary
from apportion.core.decide.solve import WaysIn, decide

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "round"


@pytest.fixture(scope="module")
def decision():
    policy = parse_round((EXAMPLE / "round.toml").read_bytes(), "r")
    asks = parse_requests((EXAMPLE / "requests.csv").read_bytes(), "q", policy)
    return decide(policy=policy, asks=asks, ways_in=WaysIn.ESTIMATE)


def test_the_overview_tells_everybody_the_floors_the_pools_and_the_gap(decision):
    text = overview(decision, width=100)
    assert all(ask.id in text for ask in decision.asks)
    assert "foundations: 3000 hours of gpu:h100 promised" in text
    assert "12351.33 of 12351.33 hours awarded" in text
    assert "Gap 0: no slate is worth more than" in text


@pytest.mark.parametrize("width", [12, 40, 200])
def test_the_skyline_stays_within_the_width(decision, width):
    skyline = overview(decision, width=width).split("\n\n")[1].splitlines()[:6]
    assert max(len(line) for line in skyline) <= max(width, 15)


def test_a_decision_is_written_without_floats_and_without_blanks(decision):
    data = decision_bytes(decision, engine_version="1")
    assert data == decision_bytes(decision, engine_version="1")
    assert data.endswith(b"}\n")
    assert b'": ' not in data


def test_the_summary_counts_who_is_in(decision):
    told = summary(decision)
    assert told["funded"] + told["not_yet"] == len(decision.asks)
    assert told["gap"] == "0"
