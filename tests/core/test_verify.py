"""A decision file that was changed anywhere is found out, and the fault names what it is about."""

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.adapters.files.parse import parse_requests, parse_round
from apportion.core.decide.document import document_of
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import WaysIn, decide
from apportion.core.verify import verify_decision

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "round"


def decided(objective="merit"):
    text = (EXAMPLE / "round.toml").read_bytes()
    text = text.replace(b'objective = "merit"', f'objective = "{objective}"'.encode())
    policy = parse_round(text, "round.toml")
    asks = parse_requests((EXAMPLE / "requests.csv").read_bytes(), "requests.csv", policy)
    decision = decide(policy=policy, asks=asks, ways_in=WaysIn.ESTIMATE)
    return json.loads(canonical_bytes(document_of(decision, engine_version="test")))


@pytest.fixture
def document():
    return decided()


def fault_in(document):
    verdict = verify_decision(canonical_bytes(document))
    return None if verdict.holds else verdict.fault


def award(document, name):
    return next(a for a in document["awards"] if a["request"] == name)


def hashed_anew(document):
    digest = hashlib.sha256(canonical_bytes(document["snapshot"])).hexdigest()
    return document | {"snapshot_sha256": digest}


@pytest.mark.parametrize("objective", ["merit", "cut-line", "nash", "leximin"])
def test_a_decision_as_it_was_written_holds(objective):
    assert fault_in(decided(objective)) is None


def test_a_raised_amount_is_found_and_names_the_request(document):
    award(document, "proof-search")["amounts"]["gpu:h100"] += 3600
    assert "proof-search" in fault_in(document)


def test_a_lowered_amount_is_found_and_names_the_request(document):
    award(document, "assistant-latency")["amounts"]["gpu:h100"] -= 1
    assert "assistant-latency" in fault_in(document)


def test_an_award_below_the_minimum_is_found_and_names_the_request(document):
    held = award(document, "data-filters")
    held["fraction"] = "1/3240000"
    held["amounts"] = {"gpu:h100": 1}
    assert "data-filters" in fault_in(document)


def test_a_denied_request_that_is_funded_after_all_exceeds_the_pool(document):
    held = award(document, "red-team-swarm")
    held.update(fraction="4680000/4680000", amounts={"gpu:h100": 4680000}, outcome="full")
    held["value"] = next(
        r["worth"] for r in document["snapshot"]["requests"] if r["id"] == "red-team-swarm"
    )
    assert "exceeded" in fault_in(document)


def test_a_funded_request_that_is_denied_leaves_the_value_wrong(document):
    held = award(document, "forgetting-map")
    held.update(fraction="0/1512000", amounts={"gpu:h100": 0}, outcome="not_yet", value="0.000000")
    assert fault_in(document) is not None


def test_a_consistent_but_poorer_slate_is_found_by_its_gap(document):
    held = award(document, "forgetting-map")
    lost = Fraction(held["value"])
    held.update(fraction="0/1512000", amounts={"gpu:h100": 0}, outcome="not_yet", value="0.000000")
    poorer = Fraction(document["value"]) - lost
    document["value"] = document["points"] = f"{float(poorer):.6f}"
    document["certificate"]["phases"]["value"]["value"] = int(poorer * 10**6)
    for floor in document["floors"]:
        if floor["area"] == "continual":
            floor["met"] -= 1512000
    assert "gap" in fault_in(document)


def test_two_of_one_either_or_label_are_found(document):
    for held in document["snapshot"]["requests"]:
        if held["id"] in {"proof-search", "scaling-small"}:
            held["either_or"] = "one-of-them"
    assert "one-of-them" in fault_in(hashed_anew(document))


def test_a_request_funded_without_what_it_requires_is_found(document):
    for held in document["snapshot"]["requests"]:
        if held["id"] == "proof-search":
            held["requires"] = ["scaling-large"]
    assert "without scaling-large" in fault_in(hashed_anew(document))


def test_a_changed_snapshot_is_found(document):
    document["snapshot"]["policy"]["name"] = "another"
    assert "hashed" in fault_in(document)


def test_a_worth_that_does_not_follow_from_score_and_size_is_found(document):
    document["snapshot"]["requests"][0]["worth"] = "999999.000000"
    name = document["snapshot"]["requests"][0]["id"]
    assert name in fault_in(hashed_anew(document))


def test_a_floor_told_kinder_than_it_was_is_found(document):
    document["floors"][0]["met"] += 1
    assert "floor" in fault_in(document)


def test_a_bound_that_the_prices_do_not_prove_is_found(document):
    document["bound"] = document["value"]
    value = document["certificate"]["phases"]["value"]
    value["bound"] = value["proved"] = value["value"]
    leaves = [node for node in value["nodes"] if "prices" in node]
    for node in leaves:
        node["prices"] = []
    assert fault_in(document) is not None


def test_a_row_that_does_not_hold_for_every_slate_is_not_believed(document):
    value = document["certificate"]["phases"]["value"]
    value["rows"][0] = {
        "kind": "most",
        "about": ["pool", "", "gpu:h100"],
        "requests": [r["id"] for r in document["snapshot"]["requests"]],
        "bound": 0,
    }
    assert "would fit" in fault_in(document)


def test_a_negative_price_is_not_believed(document):
    value = document["certificate"]["phases"]["value"]
    next(node for node in value["nodes"] if node.get("prices"))["prices"][0][1] = -1
    assert "negative" in fault_in(document)


def test_a_tree_that_runs_in_a_circle_is_refused_and_not_followed(document):
    value = document["certificate"]["phases"]["value"]
    name = document["snapshot"]["requests"][0]["id"]
    value["nodes"] = [{"request": name, "at_least": 1, "yes": 0, "no": 0}]
    assert "circle" in fault_in(document)


def test_a_denial_without_a_reason_is_found(document):
    award(document, "red-team-swarm")["reasons"] = []
    assert "red-team-swarm" in fault_in(document)


def test_a_denial_without_a_way_in_is_found(document):
    award(document, "red-team-swarm")["counterfactuals"] = []
    assert "red-team-swarm" in fault_in(document)


def test_a_reason_that_does_not_hold_is_found(document):
    exact = award(document, "red-team-swarm")["reasons"][0]
    exact["data"]["left"] += 3600
    assert "red-team-swarm" in fault_in(document)


def test_an_estimate_that_is_called_exact_is_found(document):
    award(document, "red-team-swarm")["counterfactuals"][0]["class"] = "exact"
    assert "red-team-swarm" in fault_in(document)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"schema": 1.5}', b'{"a": NaN}', b"[" * 100_000],
    ids=["empty", "object", "list", "null", "not text", "a float", "NaN", "deep"],
)
def test_what_is_not_a_decision_at_all_is_false_and_no_crash(data):
    assert not verify_decision(data).holds


def test_a_cut_line_with_two_awards_exchanged_is_found():
    document = decided("cut-line")
    held = award(document, "reward-audit")
    held.update(fraction="1440000/2880000", amounts={"gpu:h100": 1440000}, outcome="minimum")
    assert "reward-audit" in fault_in(document)


def places_in(part, path=()):
    """The path to every value of a document that holds no others."""
    if isinstance(part, dict | list):
        keys = part if isinstance(part, dict) else range(len(part))
        return [place for key in keys for place in places_in(part[key], (*path, key))]
    return [path]


WRITTEN = canonical_bytes(decided())
PLACES = places_in(json.loads(WRITTEN))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from([0, 1, -1, "0", "", None, True, "changed"]))
def test_a_value_that_was_changed_anywhere_is_found(path, other):
    document = json.loads(WRITTEN)
    *way, last = path
    part = document
    for key in way:
        part = part[key]
    part[last] = other
    assert canonical_bytes(document) == WRITTEN or fault_in(document)


@pytest.mark.parametrize("part", ["awards", "report", "engine", "certificate"])
def test_what_changes_no_figure_is_found_by_the_hash_of_its_part(document, part):
    changed = {
        "awards": lambda held: next(a for a in held if a["reasons"])["reasons"][0],
        "report": lambda held: held[0],
        "engine": lambda held: held,
        "certificate": lambda held: held,
    }[part](document[part])
    changed["text"] = "Something else"
    assert fault_in(document) == f"{part}: not what was hashed when the file was written"


def test_a_part_that_was_added_or_taken_away_is_found(document):
    assert fault_in(document | {"praise": "A fair round"}).startswith("praise: ")
    assert fault_in({k: v for k, v in document.items() if k != "report"}).startswith("report: ")
