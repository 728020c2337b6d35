"""Previews by the numbers: nothing is lost in splitting, no lender gives what it has not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.directive.document import (
    describe_preview,
    fingerprint,
    has_replay,
    is_stale,
)
from apportion.core.directive.facts import Holder, Standing, World
from apportion.core.directive.payback import Due, share_out
from apportion.core.directive.preview import amount_of, preview_directive, split
from apportion.core.directive.terms import (
    STEPS,
    Payback,
    Shelving,
    State,
    Take,
    Terms,
    Verb,
    due_step,
    take_step,
)
from apportion.core.ledger import Key, Kind
from apportion.core.loans import Loan
from apportion.core.policy import Area, CodeRed, Objective, Policy
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import Resource
from apportion.core.windows import Window

T0 = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
GPU = "gpu"
WINDOW = Window(starts_at=T0 + 10 * DAY, ends_at=T0 + 30 * DAY)
TERMS = Terms(
    ref="red",
    purpose="?",
    window=WINDOW,
    takes=(Take(resource=GPU, amount=100),),
    payback=Payback(rate=Fraction(23, 20), by=T0 + 60 * DAY),
    area="flagship",
    staff={},
)


def holder(project, area, available, **more):
    facts = {"minimum": 0, "awarded": available, "pending": 0, "used": 0} | more
    return Holder(project=project, area=area, resource=GPU, available=available, **facts)


def world(*holders, **more):
    policy = Policy(
        name="x",
        resources={GPU: Resource(code=GPU)},
        pool={GPU: 1_000},
        areas=(
            Area(id="flagship", name="F"),
            Area(id="research", name="R", floor={GPU: 150}),
            Area(id="safety", name="S"),
            Area(id="deep", name="D", parent="safety"),
        ),
        objective=Objective.MERIT,
        code_red=more.pop("code_red", CodeRed()),
    )
    return World(
        policy=policy,
        credits=Window(starts_at=T0, ends_at=T0 + 90 * DAY),
        holders=holders,
        projects={one.project: one.area for one in holders},
        **more,
    )


LAB = (
    holder("chat", "flagship", 300),
    holder("alpha", "research", 100, minimum=90),
    holder("beta", "research", 60),
    holder("guard", "deep", 40),
)


@given(
    amount=st.integers(0, 10**15),
    weights=st.lists(st.integers(0, 10**12), min_size=1).filter(any),
)
def test_a_split_sums_to_the_whole_and_is_within_one_of_the_exact_share(amount, weights):
    parts = split(amount, weights)
    assert sum(parts) == amount
    total = sum(weights)
    assert all(
        abs(part - Fraction(amount * w, total)) < 1 for part, w in zip(parts, weights, strict=True)
    )


@settings(max_examples=60)
@given(
    held=st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    wants=st.lists(st.integers(1, 10**9), min_size=1, max_size=5),
    share=st.fractions(0, 1),
    rate=st.fractions(1, 2),
)
def test_what_is_lent_is_what_is_borrowed_and_nobody_lends_more_than_it_has(
    held, wants, share, rate
):
    lenders = [holder(f"l{n}", "research", amount) for n, amount in enumerate(held)]
    borrowers = [holder(f"b{n}", "flagship", amount) for n, amount in enumerate(wants)]
    amount = int(sum(held) * share)
    if not amount:
        return
    here = world(*lenders, *borrowers)
    here = replace(here, policy=replace(here.policy, pool={GPU: sum(held)}))
    terms = replace(
        TERMS,
        takes=(Take(resource=GPU, amount=amount),),
        payback=replace(TERMS.payback, rate=rate),
    )
    told = preview_directive(terms, here, now=T0)
    assert sum(one.amount for one in told.lendings) == amount
    assert len(told.lendings) < len(lenders) + len(borrowers)
    for one in lenders:
        lent = sum(x.amount for x in told.lendings if x.lender == one.project)
        assert 0 <= lent <= one.available
    for one in told.lendings:
        assert one.amount > 0
        assert one.premium - 1 < one.amount * (rate - 1) <= one.premium


@given(
    claims=st.lists(
        st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=6
    ),
    available=st.integers(-5, 10**10),
)
def test_payback_gives_all_that_there_is_loans_before_premiums_and_never_more_than_owed(
    claims, available
):
    dues = [
        Due(
            loan=Loan(
                ref=f"red:{n}",
                lender=Key(Kind.PROJECT, f"l{n}", GPU),
                borrower=Key(Kind.PROJECT, "chat", GPU),
                amount=owed or 1,
                due_at=T0,
            ),
            owed=owed,
            premium=premium,
        )
        for n, (owed, premium) in enumerate(claims)
    ]
    paid = share_out(dues, available)
    amounts, premiums = sum(p.amount for p in paid), sum(p.premium for p in paid)
    total = sum(owed + premium for owed, premium in claims)
    assert amounts + premiums == min(total, max(0, available))
    assert all(p.amount <= p.due.owed and p.premium <= p.due.premium for p in paid)
    assert not premiums or amounts == sum(owed for owed, _ in claims)


def test_a_share_is_of_what_the_pool_yields_in_the_window():
    take = Take(resource=GPU, share=Fraction(3, 10))
    assert amount_of(take, TERMS, world(*LAB)) == 1_000 * 3 * 20 // (10 * 90)


def test_losers_floors_and_what_was_sunk_in_the_shelved_are_named():
    shelved = (Shelving(project="beta", at=WINDOW.starts_at + 14 * DAY),)
    told = preview_directive(replace(TERMS, shelved=shelved), world(*LAB), now=T0)
    assert {loser.project: loser.lent for loser in told.losers} == {
        "alpha": 50,
        "beta": 30,
        "guard": 20,
    }
    assert [loser.project for loser in told.under_minimum] == ["alpha"]
    assert [(one.area, one.floor, one.kept) for one in told.floors] == [("research", 150, 80)]
    assert told.shelved == (("beta", GPU, 0, 60),)


def test_an_exempt_area_covers_those_below_it_whoever_exempts_it():
    for terms, here in (
        (replace(TERMS, exempt_areas=("safety",)), world(*LAB)),
        (TERMS, world(*LAB, code_red=CodeRed(exempt=("safety",)))),
    ):
        told = preview_directive(terms, here, now=T0)
        assert {loser.project for loser in told.losers} == {"alpha", "beta"}


@pytest.mark.parametrize(
    ("change", "more", "code"),
    [
        ({"takes": (Take(resource=GPU, amount=1_001),)}, {}, Code.OUT_OF_RANGE),
        ({"takes": (Take(resource=GPU, share=Fraction(0)),)}, {}, Code.OUT_OF_RANGE),
        ({"takes": (Take(resource=GPU, amount=201),)}, {}, Code.NOT_ENOUGH),
        ({"takes": (Take(resource="tpu", amount=1),)}, {}, Code.NOT_FOUND),
        ({"takes": ()}, {}, Code.INCOMPLETE),
        ({"area": "safety"}, {}, None),
        ({"area": "none"}, {}, Code.NOT_FOUND),
        ({"area": None}, {}, Code.INCOMPLETE),
        ({"payback": Payback(rate=Fraction(1), by=WINDOW.ends_at)}, {}, Code.OUT_OF_RANGE),
        ({"payback": Payback(rate=Fraction(1, 2), by=T0 + 60 * DAY)}, {}, Code.OUT_OF_RANGE),
        ({"window": Window(starts_at=T0, ends_at=T0 + 91 * DAY)}, {}, Code.OUT_OF_RANGE),
        (
            {"shelved": (Shelving(project="beta", at=WINDOW.starts_at + 13 * DAY),)},
            {},
            Code.OUT_OF_RANGE,
        ),
        ({"shelved": (Shelving(project="nobody", at=T0 + 60 * DAY),)}, {}, Code.NOT_FOUND),
        ({}, {"closed_before": T0 + 11 * DAY}, Code.PERIOD_CLOSED),
        ({}, {"standing": (Standing(ref="other", window=WINDOW),)}, Code.OVERLAPPING),
        ({}, {"standing": (Standing(ref="red", window=WINDOW),)}, None),
    ],
)
def test_terms_are_refused_when_the_books_cannot_bear_them(change, more, code):
    def call():
        return preview_directive(replace(TERMS, **change), world(*LAB, **more), now=T0)

    if code is None:
        assert call().lendings
        return
    with pytest.raises(Refused) as error:
        call()
    assert error.value.refusals[0].code is code


def test_an_area_without_projects_cannot_borrow():
    with pytest.raises(Refused) as error:
        preview_directive(TERMS, world(*LAB[1:]), now=T0)
    assert error.value.refusals[0].code is Code.INCOMPLETE


def test_the_order_of_facts_changes_neither_fingerprint_nor_loans():
    one, other = world(*LAB), world(*reversed(LAB))
    assert fingerprint(one) == fingerprint(other)
    assert preview_directive(TERMS, one, now=T0) == preview_directive(TERMS, other, now=T0)


def previewed(*holders):
    here = world(*holders)
    return describe_preview(
        preview_directive(TERMS, here, now=T0),
        TERMS,
        here,
        replays=[{"resource": GPU, "reason": "?"}],
    )


def test_a_preview_grows_stale_by_what_matters_to_signers_and_not_by_usage_alone():
    told = previewed(*LAB)
    chat, alpha, beta, guard = LAB

    def used(one, amount):
        return replace(one, available=one.available - amount, used=amount)

    for name, stale, here in (
        (
            "a lender spends what it has beside its loan",
            False,
            (chat, used(alpha, 50), beta, guard),
        ),
        ("a lender spends of its loan", True, (chat, used(alpha, 51), beta, guard)),
        ("the borrower spends", False, (used(chat, 300), alpha, beta, guard)),
        ("an award changes", True, (chat, replace(alpha, awarded=99), beta, guard)),
        ("a minimum changes", True, (chat, alpha, replace(beta, minimum=1), guard)),
    ):
        assert is_stale(told, TERMS, world(*here)) is stale, name
    needy = replace(guard, minimum=20)
    told = previewed(chat, alpha, beta, needy)  # it keeps 20 of 40, just what it needs
    assert is_stale(told, TERMS, world(chat, alpha, beta, replace(needy, available=39)))
    assert is_stale(previewed(*LAB), TERMS, world(*LAB, code_red=CodeRed(exempt=("safety",))))


def test_a_preview_carries_a_replay_or_a_reason_of_every_resource_that_it_takes():
    told = previewed(*LAB)
    assert has_replay(told)
    assert not has_replay(told | {"replays": []})
    assert not has_replay(told | {"replays": [{"resource": GPU}]})
    assert not has_replay(told | {"replays": [{"resource": "other", "reason": "?"}]})
    assert has_replay(told | {"replays": [], "replay": {"waits": []}})


def test_every_state_is_reached_and_only_an_over_directive_has_no_way_on():
    assert {*STEPS.values(), State.DRAFT} == set(State)
    ends = set(State) - {state for state, _ in STEPS}
    assert ends == {State.PAID_BACK, State.PAID_LATE, State.WITHDRAWN}
    refusal = take_step("red", State.DRAFT, Verb.ADOPT)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.WRONG_STATE


@pytest.mark.parametrize(
    ("state", "owed", "days", "verb"),
    [
        (State.IN_FORCE, 5, 29, None),
        (State.IN_FORCE, 5, 30, Verb.EXPIRE),
        (State.EXPIRED, 5, 59, None),
        (State.EXPIRED, 5, 60, Verb.MISS),
        (State.ENDED, 0, 60, Verb.PAY),
        (State.BROKEN, 5, 99, None),
        (State.BROKEN, 0, 99, Verb.PAY),
        (State.SIGNED, 0, 99, None),
    ],
)
def test_time_brings_about_what_is_due_and_nothing_else(state, owed, days, verb):
    by, now = T0 + 60 * DAY, T0 + days * DAY
    assert due_step(state, window=WINDOW, payback_by=by, owed=owed, now=now) is verb
