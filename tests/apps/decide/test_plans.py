"""The board moves its plan edit by edit: each kept with who and why, undone, redone, never lost."""

import json

import pytest
from django.db import IntegrityError, transaction

from apportion.apps.apply.models import Request
from apportion.apps.apply.queries import find_request
from apportion.apps.decide.actions import adopt_slate
from apportion.apps.decide.models import Edit, Slate
from apportion.apps.decide.plans import move_plan, overrides_of, redo_move, take_back, undo_move
from apportion.apps.decide.queries import latest_slate
from apportion.apps.decide.seats import acts_of, plan_number
from apportion.apps.people.actions import add_person
from apportion.apps.review.actions import declare_conflict
from apportion.core.decide.overrides import Moved, Override
from apportion.core.faults import BadInput
from apportion.core.refusals import Code, Refused
from apportion.core.verify import verify_decision
from tests.apps.decide.board import LATER, codes, crowded_round, more_board, pin
from tests.apps.pages import heading, read, visit
from tests.apps.small_lab import GPU, HOUR, POLICY

BOARD = "/rounds/spring/decide/"


@pytest.fixture
def spring(folk):
    return crowded_round(folk)


def move(row, folk, override, seen, **kept):
    return move_plan(row=row, seen=seen, override=override, by=folk["eve"], now=LATER, **kept)


def outcome_of(slate, ref):
    awards = {a["request"]: a for a in json.loads(slate.document)["awards"]}
    return awards[ref]


@pytest.mark.parametrize(
    ("moved", "ref", "outcome", "hours"),
    [
        (Moved.OUT, "spring-1", "not_yet", 0),
        (Moved.FULL, "spring-4", "full", 60),
        (Moved.MINIMUM, "spring-1", "minimum", 30),
    ],
)
def test_a_request_goes_where_the_board_puts_it_and_the_slate_still_holds(
    folk, spring, moved, ref, outcome, hours
):
    slate = move(spring, folk, pin(ref, moved), 1).slate
    award = outcome_of(slate, ref)
    assert (award["outcome"], award["amounts"].get(GPU, 0)) == (outcome, hours * HOUR)
    assert verify_decision(slate.document.encode()).holds
    adopt_slate(slate=slate, by=folk["eve"], now=LATER)


def test_every_no_of_a_moved_slate_has_its_reason_and_way_in(folk, spring):
    slate = move(spring, folk, pin("spring-1"), 1).slate
    assert outcome_of(slate, "spring-1")["reasons"][0]["code"] == "BOARD_OVERRIDE"
    denied = [a for a in json.loads(slate.document)["awards"] if a["outcome"] != "full"]
    assert denied
    assert all(award["reasons"] and award["counterfactuals"] for award in denied)


def test_the_database_itself_forbids_a_slate_with_a_silent_no(folk, spring):
    slate = Slate.objects.get(number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slate.objects.filter(pk=slate.pk).update(unexplained=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edit.objects.create(round=spring, number=99, verb="move", by=folk["eve"], at=LATER)


def test_the_line_moves_to_where_it_is_put_and_back(folk, spring):
    line = Override(moved=Moved.POOL, owner="", resource=GPU, to=60 * HOUR, why="Keep some back")
    slate = move(spring, folk, line, 1).slate
    assert slate.given == {GPU: 60 * HOUR}
    changed = take_back(row=spring, seen=2, about=line.about, by=folk["eve"], now=LATER)
    assert overrides_of(changed.slate) == ()
    assert changed.slate.given == Slate.objects.get(number=1).given


def test_the_line_cannot_be_moved_past_the_pool(folk, spring):
    line = Override(moved=Moved.POOL, owner="", resource=GPU, to=101 * HOUR, why="More")
    with pytest.raises(Refused) as error:
        move(spring, folk, line, 1)
    assert codes(error) == [Code.OUT_OF_RANGE]


def test_what_is_moved_again_is_moved_by_the_last_word_alone(folk, spring):
    move(spring, folk, pin("spring-4", Moved.FULL), 1)
    slate = move(spring, folk, pin("spring-4", Moved.OUT, why="On second thoughts"), 2).slate
    assert [(o.moved, o.why) for o in overrides_of(slate)] == [("out", "On second thoughts")]


def test_undo_and_redo_walk_along_the_moves(folk, spring):
    for seen, ref in ((1, "spring-1"), (2, "spring-2")):
        move(spring, folk, pin(ref), seen)
    args = {"row": spring, "by": folk["eve"], "now": LATER}
    assert [undo_move(seen=n, **args).number for n in (3, 2)] == [2, 1]
    with pytest.raises(Refused) as error:
        undo_move(seen=1, **args)
    assert codes(error) == [Code.WRONG_STATE]
    assert [redo_move(seen=n, **args).number for n in (1, 2)] == [2, 3]
    with pytest.raises(Refused) as error:
        redo_move(seen=3, **args)
    assert codes(error) == [Code.WRONG_STATE]
    assert [act.verb for act in acts_of(spring)] == [
        *["redo"] * 2,
        *["undo"] * 2,
        *["move"] * 2,
        "propose",
    ]


def test_a_move_after_an_undo_leaves_what_was_undone_behind_and_kept(folk, spring):
    move(spring, folk, pin("spring-1"), 1)
    args = {"row": spring, "by": folk["eve"], "now": LATER}
    undo_move(seen=2, **args)
    move(spring, folk, pin("spring-2"), 1)
    with pytest.raises(Refused):
        redo_move(seen=3, **args)
    assert Slate.objects.count() == 3


def test_an_edit_of_a_plan_that_somebody_else_has_moved_is_refused_and_says_who(folk, spring):
    (mo,) = more_board("mo")
    move_plan(row=spring, seen=1, override=pin("spring-1"), by=mo, now=LATER)
    with pytest.raises(Refused, match="Mo") as error:
        move(spring, folk, pin("spring-2"), 1)
    assert codes(error) == [Code.STALE_PARENT]
    assert plan_number(spring) == 2


def test_a_preview_keeps_nothing(folk, spring):
    changed = move(spring, folk, pin("spring-1"), 1, keep=False)
    assert changed.slate is None
    assert changed.comparison.losses
    assert (Slate.objects.count(), plan_number(spring)) == (1, 1)


def test_nobody_moves_a_request_in_which_they_have_a_stake(folk, spring):
    judge = add_person(username="both", name="Both", roles=["board", "reviewer"])
    request = find_request("spring-1")
    declare_conflict(request=request, by=judge, reason="My sister leads it", now=LATER)
    with pytest.raises(Refused) as error:
        move_plan(row=spring, seen=1, override=pin("spring-1"), by=judge, now=LATER)
    assert codes(error) == [Code.CONFLICT_OF_INTEREST]


def test_a_move_without_a_reason_or_of_nothing_keeps_nothing(folk, spring):
    with pytest.raises(BadInput, match="no reason given"):
        move(spring, folk, pin("spring-1", why=" "), 1)
    with pytest.raises(Refused):
        move(spring, folk, pin("nobody"), 1)
    assert Slate.objects.count() == 1


def test_an_objective_that_keeps_no_promise_to_one_request_says_so_and_what_would_do(folk):
    row = crowded_round(folk, POLICY.replace('"merit"', '"nash"'))
    with pytest.raises(BadInput, match=r"nash counts areas.*Put others out"):
        move(row, folk, pin("spring-4", Moved.FULL), 1)
    assert move(row, folk, pin("spring-1"), 1).slate.number == 2


def test_nothing_is_moved_once_a_slate_is_adopted(folk, spring):
    adopt_slate(slate=latest_slate(spring), by=folk["eve"], now=LATER, hold=True)
    with pytest.raises(Refused) as error:
        move(spring, folk, pin("spring-1"), 1)
    assert codes(error) == [Code.WRONG_STATE]


def test_the_board_moves_by_form_and_tells_what_it_brought(client, folk, spring):
    form = {"seen": "1", "owner": "spring-1", "moved": "out", "why": "Pilot first"}
    page = visit(client, folk["eve"], f"{BOARD}move/", **form)
    assert page["Location"] == f"{BOARD}?focus=spring-1#around"
    words = read(client.get(BOARD))
    assert "less." in words
    assert "1 change from the engine’s plan" in words
    assert "The board: Pilot first" in words
    client.post(f"{BOARD}undo/", {"seen": "2"})
    assert heading(client.get(BOARD)).startswith("Slate 1 grants")
    client.post(f"{BOARD}undo/", {"seen": "1", "redo": "1"})
    assert heading(client.get(BOARD)).startswith("Slate 2 grants")
    client.post(f"{BOARD}take-back/", {"seen": "2", "kind": "pin", "owner": "spring-1"})
    assert heading(client.get(BOARD)).startswith("Slate 3 grants")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"moved": "out", "owner": "spring-1", "why": ""}, "No reason given"),
        ({"moved": "sideways", "owner": "spring-1", "why": "x"}, "No such move"),
        ({"moved": "pool", "amount": "1e400", "why": "x"}, "Not an amount"),
        ({"moved": "pool", "amount": "NaN", "why": "x"}, "Not an amount"),
        ({"moved": "pool", "amount": "-1", "why": "x"}, "Not an amount"),
        ({"moved": "pool", "amount": "101", "why": "x"}, "whole pool"),
        ({"moved": "out", "owner": "spring-1", "why": "x", "seen": "7"}, "Look at it"),
        ({"moved": "out", "owner": "spring-1", "why": "x", "seen": "٣"}, "Look at it"),
    ],
)
def test_what_cannot_be_moved_is_told_on_the_board_and_keeps_nothing(
    client, folk, spring, form, words
):
    visit(client, folk["eve"], f"{BOARD}move/", **{"seen": "1", **form})
    assert words in read(client.get(BOARD))
    assert Slate.objects.count() == 1
    preview = client.get(f"{BOARD}preview/", {"seen": "1", **form})
    assert preview.status_code == 200


def test_others_are_told_what_one_did_and_who_is_there(client, folk, spring):
    (mo,) = more_board("mo")
    visit(client, mo, f"{BOARD}pulse/", edit="1")
    move(spring, folk, pin("spring-1"), 1)
    told = read(visit(client, mo, f"{BOARD}pulse/", edit="1"))
    assert "Eve moved spring-1 out: The pilot is not done" in told
    mine = read(visit(client, folk["eve"], f"{BOARD}pulse/", edit="1"))
    assert "Eve moved" not in mine
    assert "Here too: Mo" in mine


def test_the_acts_are_listed_and_given_as_files(client, folk, spring):
    move(spring, folk, pin("spring-1", why="=1+1"), 1)
    assert "moved spring-1 out" in read(visit(client, folk["aud"], f"{BOARD}acts/"))
    listed = client.get(f"{BOARD}acts.json").json()["acts"]
    assert [act["verb"] for act in listed] == ["move", "propose"]
    assert "'=1+1" in client.get(f"{BOARD}acts.csv").content.decode()
    assert visit(client, folk["ann"], f"{BOARD}acts/").status_code == 403


def test_what_they_would_drop_and_what_it_hangs_on_is_told_where_it_is_decided(
    client, folk, spring
):
    Request.objects.filter(ref="spring-1").update(
        if_minimum="The third seed waits.", either_or="depth"
    )
    find_request("spring-1").requires.add(find_request("spring-2"))
    more = {"owner": "spring-1", "moved": "minimum", "seen": "1"}
    client.force_login(folk["eve"])
    told = read(client.get(f"{BOARD}preview/", more))
    assert "With the minimum alone they drop: The third seed waits." in told
    page = read(visit(client, folk["eve"], "/requests/spring-1/"))
    for words in ("With the minimum alone: The third seed waits.", "depth", "spring-2"):
        assert words in page
