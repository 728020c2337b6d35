"""A decision by Nash welfare, by leximin or with a curve that was changed anywhere is found out."""

import hashlib
import json
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from apportion.adapters.files.parse import parse_requests, parse_round
from apportion.core.decide.document import document_of
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import WaysIn, decide
from apportion.core.policy import Objective
from apportion.core.verify import verify_decision

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "round"
MAIN = {Objective.NASH: "welfare", Objective.LEXIMIN: "share-1"}


@pytest.fixture(scope="module")
def documents():
    policy = parse_round((EXAMPLE / "round.toml").read_bytes(), "round.toml")
    carried = {"wellbeing": {"gpu:h100": 3600 * 400}}
    policy = replace(policy, curve_exponent=Fraction(4, 5), carried=carried)
    asks = parse_requests((EXAMPLE / "requests.csv").read_bytes(), "requests.csv", policy)
    found = {}
    for objective in MAIN:
        stated = replace(policy, objective=objective)
        decision = decide(policy=stated, asks=asks, ways_in=WaysIn.ESTIMATE)
        document = document_of(decision, engine_version="test")
        found[objective] = json.loads(canonical_bytes(document))
    return found


@pytest.fixture(params=MAIN, ids=str)
def objective(request):
    return request.param


@pytest.fixture
def document(documents, objective):
    return deepcopy(documents[objective])


def fault_in(document):
    verdict = verify_decision(canonical_bytes(document))
    return None if verdict.holds else verdict.fault


def hashed_anew(document):
    digest = hashlib.sha256(canonical_bytes(document["snapshot"])).hexdigest()
    return document | {"snapshot_sha256": digest}


def test_a_decision_over_areas_as_it_was_written_holds(document):
    assert fault_in(document) is None


def test_a_value_that_the_awards_do_not_give_is_found(document, objective):
    document["value"] = "0.999999999999"
    assert MAIN[objective] in fault_in(document) or "value" in fault_in(document)


def test_a_phase_that_says_more_than_the_awards_give_is_found(document, objective):
    document["certificate"]["phases"][MAIN[objective]]["value"] += 1
    assert f"the {MAIN[objective]} phase ends at other awards" == fault_in(document)


def test_points_that_the_awards_do_not_add_up_to_are_found(document):
    document["points"] = "1.000000"
    assert "points are stated" in fault_in(document)


def test_a_bound_below_what_the_prices_prove_is_found(document, objective):
    phase = document["certificate"]["phases"][MAIN[objective]]
    for node in phase["nodes"]:
        if "prices" in node:
            node["prices"] = []
    assert "the prices prove" in fault_in(document)


def test_a_looser_tolerance_than_whole_units_cost_is_found(document, objective):
    phase = document["certificate"]["phases"][MAIN[objective]]
    phase["tolerance"] *= 1000
    document["certificate"]["tolerance"] = f"{Decimal(phase['tolerance']).scaleb(-12):.12f}"
    assert "tolerance" in fault_in(document)


def test_a_phase_of_leximin_left_out_is_found(documents):
    document = deepcopy(documents[Objective.LEXIMIN])
    last = max(name for name in document["certificate"]["phases"] if name.startswith("share-"))
    del document["certificate"]["phases"][last]
    assert fault_in(document) == "not all sums of smallest shares are proved"


def test_a_sum_kept_before_it_was_reached_is_found(documents):
    document = deepcopy(documents[Objective.LEXIMIN])
    phase = document["certificate"]["phases"]["share-1"]
    phase["rows"].append({"kind": "keeps", "about": ["2"], "bound": 0})
    assert "keeps a sum that no phase before it reached" in fault_in(document)


def test_more_kept_than_there_is_is_found(documents):
    document = deepcopy(documents[Objective.LEXIMIN])
    for name, phase in document["certificate"]["phases"].items():
        for row in phase["rows"]:
            if row["kind"] == "keeps" and name == "share-2":
                row["bound"] = -(10**12)
    assert "larger sum" in fault_in(document)


def test_a_tangent_of_an_area_that_does_not_exist_is_refused(documents):
    document = deepcopy(documents[Objective.NASH])
    rows = document["certificate"]["phases"]["welfare"]["rows"]
    next(row for row in rows if row["kind"] == "tangent")["about"][0] = "nowhere"
    assert fault_in(document) is not None


def test_a_value_at_the_minimum_that_was_changed_afterwards_is_found(document):
    held = document["snapshot"]["requests"][0]
    held["value_at_minimum"] = held["worth"]
    assert fault_in(hashed_anew(document)) is not None
    assert "hashed" in fault_in(document)


def test_what_an_area_is_owed_told_kinder_than_it_is_is_found(document):
    document["carried"] = []
    assert "is owed" in fault_in(document)


def test_a_debt_to_an_area_that_was_promised_nothing_is_found(document):
    document["carried"].append(
        {"area": "assistant", "resource": "gpu:h100", "before": 0, "after": 3600}
    )
    assert "never promised" in fault_in(document)
