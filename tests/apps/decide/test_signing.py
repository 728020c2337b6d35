"""As many different people sign as the policy says; who left is asked no more, what they signed stays."""

import threading

import pytest
from django.db import connection

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.decide.models import Decision, Signature, Slate
from apportion.apps.decide.plans import move_plan
from apportion.apps.decide.queries import latest_slate
from apportion.apps.decide.signing import ask_signers, replace_leavers, sign_slate
from apportion.apps.people.ties import declare_closeness, record_work, set_manager, set_team
from apportion.apps.review.queries import terms_of
from apportion.apps.rounds.actions import open_urgent
from apportion.core.refusals import Code, Refused
from apportion.core.review.terms import ALWAYS, Ground
from tests.apps import small_lab
from tests.apps.decide.board import LATER, TWO_SIGN, codes, crowded_round, more_board, pin
from tests.apps.pages import read, visit
from tests.apps.small_lab import GPU

ADOPT = "/rounds/spring/slates/1/adopt/"


@pytest.fixture
def spring(folk):
    return crowded_round(folk, TWO_SIGN)


def test_it_is_adopted_once_two_different_people_have_signed(folk, spring):
    (mo,) = more_board("mo")
    slate = latest_slate(spring)
    with pytest.raises(Refused) as error:
        adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    assert codes(error) == [Code.INCOMPLETE]
    assert not Signature.objects.exists()
    for _ in range(2):  # twice by one is one
        sign_slate(slate=slate, by=mo, now=LATER)
    adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    signed = Signature.objects.filter(signed_at__isnull=False)
    assert set(signed.values_list("person__username", flat=True)) == {"eve", "mo"}


def test_those_who_may_sign_are_asked_whoever_asks_among_them(folk, spring):
    more_board("mo", "ned")
    names = ask_signers(slate=latest_slate(spring), by=folk["eve"], now=LATER)
    assert [one.person.username for one in names] == ["eve", "mo"]


def test_too_small_a_board_is_told_before_anybody_waits(folk, spring):
    with pytest.raises(Refused) as error:
        ask_signers(slate=latest_slate(spring), by=folk["eve"], now=LATER)
    assert codes(error) == [Code.INCOMPLETE]


@pytest.mark.parametrize("how", ["inactive", "role taken away"])
def test_who_left_can_no_longer_sign_and_somebody_else_is_asked(folk, spring, how):
    mo, _ned = more_board("mo", "ned")
    slate = latest_slate(spring)
    ask_signers(slate=slate, by=folk["eve"], now=LATER)
    if how == "inactive":
        mo.is_active = False
        mo.save()
    else:
        mo.roles.all().delete()
    mo = type(mo).objects.get(pk=mo.pk)
    with pytest.raises(Refused) as error:
        sign_slate(slate=slate, by=mo, now=LATER)
    assert codes(error) == [Code.NOT_ALLOWED]
    assert "asked: Ned" in replace_leavers(now=LATER)[0]
    assert replace_leavers(now=LATER) == []
    left = Signature.objects.get(person=mo)
    assert (left.signed_at, left.released_why) == (None, "no longer on the board")


def test_what_somebody_signed_before_leaving_stays_signed_and_counts(folk, spring):
    (mo,) = more_board("mo")
    slate = latest_slate(spring)
    sign_slate(slate=slate, by=mo, now=LATER)
    mo.roles.all().delete()
    assert replace_leavers(now=LATER) == []
    adopt_slate(slate=slate, by=folk["eve"], now=LATER)
    assert Signature.objects.get(person=mo).signed_at == LATER


def tie(how, folk, mo):
    """Ties a board member to whoever asks, as somebody who reviews would be tied."""
    if how == "line":
        set_manager(person=folk["ann"], manager=mo, by=folk["ops"])
    elif how == "team":
        members = ["ann", mo.username]
        set_team(slug="t", name="Trainers", members=members, by=folk["ops"])
    elif how == "coauthor":
        people = (mo, folk["ann"])
        record_work(people=people, title="Depth", year=LATER.year, by=folk["ops"], now=LATER)
    else:
        declare_closeness(by=mo, about=folk["ann"], ground="close family", now=LATER)


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ("line", "line of management with ann"),
        ("team", "same team as ann: Trainers"),
        ("coauthor", "wrote together with ann: Depth"),
        ("close", "declared tie with ann: close family"),
    ],
)
def test_who_is_tied_to_somebody_behind_a_request_neither_signs_nor_adopts_nor_moves_it(
    folk, spring, how, named
):
    mo, ned = more_board("mo", "ned")
    slate = latest_slate(spring)
    ask_signers(slate=slate, by=folk["eve"], now=LATER)
    tie(how, folk, mo)
    move = {"row": spring, "seen": 1, "override": pin("spring-1"), "keep": False}
    for act in (
        lambda: sign_slate(slate=slate, by=mo, now=LATER),
        lambda: adopt_slate(slate=slate, by=mo, now=LATER),
        lambda: ask_signers(slate=slate, people=[mo], by=folk["eve"], now=LATER),
        lambda: move_plan(**move, by=mo, now=LATER),
    ):
        with pytest.raises(Refused, match=named) as error:
            act()
        assert codes(error) == [Code.CONFLICT_OF_INTEREST]
    told = replace_leavers(now=LATER)
    assert "asked: Ned" in told[0]
    assert named in Signature.objects.get(person=mo).released_why
    sign_slate(slate=slate, by=ned, now=LATER)


def test_a_policy_may_say_which_ties_keep_somebody_from_signing(folk):
    row = crowded_round(folk, TWO_SIGN + 'conflicts = ["team"]\n')
    (mo,) = more_board("mo")
    tie("line", folk, mo)
    sign_slate(slate=latest_slate(row), by=mo, now=LATER)
    tie("team", folk, folk["eve"])
    with pytest.raises(Refused, match="Trainers"):
        adopt_slate(slate=latest_slate(row), by=folk["eve"], now=LATER)


def test_an_urgent_round_bars_by_the_ties_of_the_round_that_it_is_like(folk):
    row = crowded_round(folk, TWO_SIGN + 'conflicts = ["coauthor"]\n')
    urgent = open_urgent(
        like=row, slug="now", why="Fire", pool={GPU: 3600}, days=3, by=folk["eve"], now=LATER
    )
    assert terms_of(urgent).board_grounds - ALWAYS == {Ground.COAUTHOR}


def test_a_slate_that_the_board_has_moved_on_from_is_neither_signed_nor_adopted(folk, spring):
    (mo,) = more_board("mo")
    slate = latest_slate(spring)
    move_plan(row=spring, seen=1, override=pin("spring-1"), by=mo, now=LATER)
    for act in (sign_slate, adopt_slate):
        with pytest.raises(Refused, match="slate 2") as error:
            act(slate=slate, by=folk["eve"], now=LATER)
        assert codes(error) == [Code.STALE_PARENT]


def test_the_page_shows_who_signed_and_asks_the_others(client, folk, spring):
    more_board("mo")
    page = visit(client, folk["eve"], "/rounds/spring/slates/1/sign/", go="1")
    assert page["Location"] == ADOPT
    client.post("/rounds/spring/slates/1/ask/")
    words = read(client.get(ADOPT))
    assert "1 of 2" in words
    assert "Mo asked on" in words
    assert visit(client, folk["aud"], "/rounds/spring/slates/1/sign/", go="1").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_boards_that_adopt_at_once_one_decides_and_the_other_is_told(transactional_db):
    folk = small_lab.people()
    (mo,) = more_board("mo")
    spring = crowded_round(folk)
    propose_slate(row=spring, by=mo, now=LATER)
    start, told = threading.Barrier(2), []

    def adopt(number, by):
        slate = Slate.objects.get(number=number)
        start.wait(timeout=30)
        try:
            adopt_slate(slate=slate, by=by, now=LATER)
            told.append("adopted")
        except Refused as refused:
            told.append(refused.refusals[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=adopt, args=one) for one in ((1, folk["eve"]), (2, mo))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(map(str, told)) == sorted(["adopted", str(Code.STALE_PARENT)])
    assert Slate.objects.filter(adopted_at__isnull=False).count() == 1
    assert Decision.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_once_one_is_kept_and_the_other_is_told(transactional_db):
    folk = small_lab.people()
    (mo,) = more_board("mo")
    spring = crowded_round(folk)
    start, told = threading.Barrier(2), []

    def move(ref, by):
        start.wait(timeout=30)
        try:
            move_plan(row=spring, seen=1, override=pin(ref), by=by, now=LATER)
            told.append("kept")
        except Refused as refused:
            told.append(refused.refusals[0].code)
        finally:
            connection.close()

    moves = (("spring-1", folk["eve"]), ("spring-2", mo))
    threads = [threading.Thread(target=move, args=one) for one in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(map(str, told)) == sorted(["kept", str(Code.STALE_PARENT)])
    assert Slate.objects.count() == 2
