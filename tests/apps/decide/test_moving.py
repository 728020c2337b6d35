"""The board moves a slate by hand: it sees the price first, keeps what it wants, and may adopt it."""

import json
from datetime import timedelta
from fractions import Fraction
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from apportion.apps.decide.actions import adopt_slate, move_slate, preview_move, propose_slate
from apportion.apps.decide.models import Decision, Slate
from apportion.apps.decide.slates import slates
from apportion.core.decide.overrides import Moved, Override
from apportion.core.faults import BadInput
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_decision
from tests.apps.pages import HOSTILE, heading, read, visit
from tests.apps.small_lab import NOW, file_request

LATER = NOW + timedelta(days=21)


@pytest.fixture
def crowded(folk, spring):
    """Three requests for 40 hours each, and a fourth for 60, in a pool of 100."""
    asks = (("alpha", 9, 40), ("beta", 7, 40), ("gamma", 5, 40), ("delta", 2, 60))
    return {
        slug: file_request(
            spring, folk["ann"], slug, minimum=30, ask=ask, score=score, reviewer=folk["rev"]
        )
        for slug, score, ask in asks
    }


@pytest.fixture
def slate(folk, spring, crowded):
    return propose_slate(row=spring, by=folk["eve"], now=NOW)


def pin(row, moved=Moved.IN, why="The safety case needs it"):
    return Override(moved=moved, owner=row.ref, why=why)


def test_a_preview_keeps_nothing_and_says_what_it_costs(folk, slate, crowded):
    found = preview_move(slate=slate, overrides=[pin(crowded["delta"])], by=folk["eve"])
    assert found.comparison.lost > 0
    assert Slate.objects.count() == 1


def test_a_moved_slate_is_a_new_one_that_keeps_its_overrides_and_can_be_adopted(
    folk, slate, crowded
):
    moved = move_slate(slate=slate, overrides=[pin(crowded["delta"])], by=folk["eve"], now=LATER)
    document = json.loads(moved.document)
    assert document["overrides"][0]["why"] == "The safety case needs it"
    assert Fraction(document["price_of_override"]) > 0
    assert verify_decision(moved.document.encode()).holds
    adopt_slate(slate=moved, by=folk["eve"], now=LATER)
    assert Decision.objects.get(request=crowded["delta"]).outcome != "not_yet"


def test_a_request_that_is_taken_out_is_told_that_the_board_did_it(folk, slate, crowded):
    out = pin(crowded["alpha"], Moved.OUT)
    moved = move_slate(slate=slate, overrides=[out], by=folk["eve"], now=LATER)
    adopt_slate(slate=moved, by=folk["eve"], now=LATER)
    decision = Decision.objects.get(request=crowded["alpha"])
    assert [reason["code"] for reason in decision.reasons] == ["BOARD_OVERRIDE"]


def test_nobody_but_the_board_moves_a_slate(folk, slate, crowded):
    with pytest.raises(Refused) as error:
        preview_move(slate=slate, overrides=[pin(crowded["delta"])], by=folk["ann"])
    assert error.value.refusals[0].code is Code.NOT_ALLOWED


def test_a_slate_of_a_decided_round_is_not_moved(folk, slate, crowded):
    adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    with pytest.raises(Refused) as error:
        move_slate(slate=slate, overrides=[pin(crowded["delta"])], by=folk["eve"], now=LATER)
    assert error.value.refusals[0].code is Code.WRONG_STATE


def test_a_move_without_a_reason_is_refused_and_keeps_nothing(folk, slate, crowded):
    with pytest.raises(BadInput, match="no reason given"):
        move_slate(
            slate=slate, overrides=[pin(crowded["delta"], why="")], by=folk["eve"], now=LATER
        )
    assert Slate.objects.count() == 1


def test_two_slates_stand_side_by_side_with_their_overrides_and_fairness(
    client, folk, slate, crowded
):
    move_slate(
        slate=slate, overrides=[pin(crowded["delta"], why=HOSTILE)], by=folk["eve"], now=LATER
    )
    page = visit(client, folk["eve"], "/rounds/spring/slates/1/against/2/")
    assert heading(page) == "Slate 2 against slate 1"
    assert "Delta" in read(page)
    assert "<script>alert" not in page.content.decode()
    assert "Gini of awards over asks" in read(page)
    assert visit(client, folk["ann"], "/rounds/spring/slates/1/against/2/").status_code == 403
    assert "Against slate 1" in read(visit(client, folk["eve"], "/rounds/spring/decide/"))


@pytest.fixture
def office():
    def run(*words):
        return CliRunner().invoke(slates, words, obj=SimpleNamespace(now=lambda: LATER))

    return run


def test_a_slate_is_moved_compared_and_judged_fair_on_the_command_line(
    office, folk, slate, crowded
):
    move = ("what-if", "spring", "1", "--as", "eve", "--why", "because")
    delta = f"{crowded['delta'].ref}=in"
    assert "points of value" in office(*move, "--pin", delta).stderr
    assert Slate.objects.count() == 1
    assert "Kept as slate 2" in office(*move, "--pin", delta, "--keep").stderr
    compared = office("compare", "spring", "1", "2", "--json")
    assert crowded["delta"].ref in {row["request"] for row in json.loads(compared.stdout)}
    listed = json.loads(office("list", "spring", "--json").stdout)
    assert [row["overrides"] for row in listed] == [1, 0]
    assert float(listed[0]["price"]) > 0
    assert json.loads(office("fairness", "spring", "2", "--json").stdout)
