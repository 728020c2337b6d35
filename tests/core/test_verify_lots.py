"""A corrupted seed, order, zone, interval or award of a draw is refused, and the fault is named."""

import hashlib
import json
from dataclasses import replace
from fractions import Fraction

import pytest

from apportion.core.decide.document import document_of
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import decide
from apportion.core.policy import TieBy, TieRule
from apportion.core.review.calibration import MICRO, Belief, Calibration
from apportion.core.verify import verify_decision
from tests.core.decide.rounds import ask, policy

NAMES = "abcdef"


def drawn_document():
    seed = "a seed"
    asks = [ask(name, 4, score=Fraction(30 + i, 10)) for i, name in enumerate(NAMES)]
    beliefs = tuple(
        Belief(request=a.id, opinions=3, average=int(a.score * MICRO), mean=int(a.score * MICRO), sd=MICRO)
        for a in asks
    )  # fmt: skip
    stated = policy(
        pool={"gpu:h100": 12},
        tie_seed=seed,
        tie_commitment=hashlib.sha256(seed.encode()).hexdigest(),
        ties=TieRule(by=TieBy.LOTTERY, draws=40),
    )
    calibration = Calibration(opinions=18, components=(), beliefs=beliefs, severities=())
    decision = decide(policy=stated, asks=asks, calibration=calibration)
    return document_of(decision, engine_version="test")


DRAWN = drawn_document()


def sealed_again(document):
    """A forger also hashes the snapshot anew."""
    snapshot = canonical_bytes(document["snapshot"])
    return document | {"snapshot_sha256": hashlib.sha256(snapshot).hexdigest()}


def fault_of(change):
    document = json.loads(canonical_bytes(DRAWN))
    change(document)
    verdict = verify_decision(canonical_bytes(sealed_again(document)))
    assert not verdict.holds
    return verdict.fault


def test_a_draw_as_it_was_made_is_true_and_said_to_be_checked():
    verdict = verify_decision(canonical_bytes(DRAWN))
    assert verdict.holds, verdict.fault
    assert (
        f"{len(DRAWN['ties']['lots'])} lots in the order of the seed, and what they gave"
        in verdict.checked
    )
    assert len(DRAWN["ties"]["lots"]) >= 4


def other_seed(document):
    document["seed"] = document["snapshot"]["policy"]["tie_seed"] = "another seed"


def other_seed_and_hash(document):
    other_seed(document)
    promised = hashlib.sha256(b"another seed").hexdigest()
    document["snapshot"]["policy"]["tie_commitment"] = promised


def sealed_seed(document):
    promised = document["snapshot"]["policy"]["tie_commitment"]
    document["seed"] = document["snapshot"]["policy"]["tie_seed"] = f"sealed:{promised}"


def nobody_promised(document):
    document["snapshot"]["policy"]["tie_commitment"] = None


def swapped_lots(document):
    lots = document["ties"]["lots"]
    lots[0], lots[1] = lots[1], lots[0]


def missing_lot(document):
    unfunded = next(
        lot for lot in reversed(document["ties"]["lots"]) if lot["before"] == lot["after"]
    )
    document["ties"]["lots"].remove(unfunded)


def more_funded(document):
    document["ties"]["chances"][0]["funded"] = 40


def wider_interval(document):
    document["ties"]["chances"][0]["high"] = "9.000000"


def out_of_the_zone(document):
    next(c for c in document["ties"]["chances"] if c["in_zone"])["in_zone"] = False


def people_decide(document):
    document["snapshot"]["policy"]["ties"]["by"] = "people"


def said_not_drawn(document):
    document["ties"]["settlement"] = "engine"


def better_before(document):
    document["ties"]["before"]["value"] = "99.000000"


def smaller_gap(document):
    document["gap"] = "0"


def false_place(document):
    award = next(
        a for a in document["awards"] if a["reasons"] and a["reasons"][0]["code"] == "TIE_ZONE"
    )
    award["reasons"][0]["data"]["place"] = 2


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (other_seed, "not the one whose hash was committed"),
        (other_seed_and_hash, "the seed draws"),
        (sealed_seed, "not revealed"),
        (nobody_promised, "nobody promised"),
        (swapped_lots, "the seed draws"),
        (missing_lot, "the seed draws"),
        (more_funded, "tie zone wrongly"),
        (wider_interval, "its interval is another"),
        (out_of_the_zone, "tie zone wrongly"),
        (people_decide, "leaves ties to people"),
        (said_not_drawn, "lots were drawn and it is not said"),
        (better_before, "the value before the draw is another"),
        (smaller_gap, "the gap is"),
        (false_place, "TIE_ZONE does not hold"),
    ],
)
def test_a_draw_is_refused_when_it_was_tampered_with(change, fault):
    assert fault in fault_of(change)


def test_an_award_given_to_a_loser_of_the_draw_is_refused():
    def change(document):
        lots = document["ties"]["lots"]
        winner = next(lot for lot in lots if lot["after"] != "0/4")
        loser = next(lot for lot in lots if lot["after"] == "0/4")
        winner["after"], loser["after"] = loser["after"], winner["after"]
        awards = {award["request"]: award for award in document["awards"]}
        first, second = awards[winner["request"]], awards[loser["request"]]
        for key in ("fraction", "amounts", "outcome"):
            first[key], second[key] = second[key], first[key]
        first["value"], second["value"] = "0.000000", worth_of(second["request"])
        total = sum(Fraction(award["value"]) for award in document["awards"])
        document["points"] = document["value"] = f"{float(total):.6f}"

    assert "the draw gives" in fault_of(change)


def worth_of(name):
    return next(r["worth"] for r in DRAWN["snapshot"]["requests"] if r["id"] == name)


def test_a_seed_that_nobody_committed_to_is_no_sealed_one():
    stated = replace(policy(), tie_seed="sealed:00")
    decision = decide(policy=stated, asks=[ask("a")])
    verdict = verify_decision(canonical_bytes(document_of(decision, engine_version="test")))
    assert verdict.fault == "the seed is sealed and nobody committed to it"
