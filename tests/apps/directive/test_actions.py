"""Directives in the books: previewed, signed, in force, over by themselves and paid back once."""

import json

import pytest

from apportion.apps.directive.actions import (
    adopt_directive,
    advance_directives,
    draft_directive,
    end_directive,
    make_preview,
    sign_directive,
    withdraw_directive,
)
from apportion.apps.directive.models import Directive, Lent, Step
from apportion.apps.directive.queries import accounts_of, document_of, find_directive
from apportion.apps.enforce.queries import gather_desired
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Record
from apportion.apps.ledger.queries import balance_of, tip
from apportion.core.faults import BadInput
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from tests.apps.directive.lab import DAY, END, PAYBACK, START, TERMS, meter
from tests.apps.ledger.books import leg, post, use
from tests.apps.meter.test_actions import job
from tests.apps.small_lab import GPU, HOUR

pytestmark = pytest.mark.django_db
CHAT, ALPHA, BETA = (Key(Kind.PROJECT, name, GPU) for name in ("chat", "alpha", "beta"))


def refused(call):
    with pytest.raises(Refused) as error:
        call()
    return error.value.refusals[0].code


def preview(lab, toml=TERMS, ref="red-1", now=START):
    draft_directive(toml=toml, by=lab["eve"], now=now)
    return make_preview(ref=ref, by=lab["eve"], now=now)


def sign_both(lab, made, now=START):
    for name in ("mia", "noa"):
        sign_directive(ref=made.directive.ref, number=made.number, by=lab[name], now=now)


def adopt(lab, toml=TERMS, ref="red-1", now=START):
    sign_both(lab, preview(lab, toml, ref, now), now)
    return adopt_directive(ref=ref, by=lab["mia"], now=now)


def hours(key):
    return balance_of(key) / HOUR


def owed(ref="red-1"):
    (account,) = accounts_of([find_directive(ref)])[ref]
    return account.owed / HOUR, (account.premium - account.premium_paid) / HOUR


def test_a_preview_names_who_lends_what_is__falls_under_the_minimum(lab, tmp_path):
    assert [hours(key) for key in (CHAT, ALPHA, BETA)] == [40, 12, 36]
    began = int((START - DAY).timestamp())
    meter(lab, tmp_path, job(1, start=began, hours=1, gpus=2))
    told = document_of(preview(lab))
    assert {one["project"]: one["lent"] for one in told["losers"]} == {
        "alpha": 9391,
        "beta": 33809,
    }
    assert {one["project"]: one["sunk"] for one in told["losers"]} == {"alpha": 2 * HOUR, "beta": 0}
    assert told["moved"] == {"foundations": {GPU: 12 * HOUR}}
    assert [one["project"] for one in told["losers"] if one["under_minimum"]] == ["alpha"]
    assert balance_of(CHAT) == 40 * HOUR  # nothing is lent yet


def test_a_directive_in_force_lends_and_the_limits_follow(lab):
    adopt(lab)
    assert hours(CHAT) == 52
    assert hours(ALPHA) + hours(BETA) == 36
    minutes = {str(limit.project): limit.minutes[GPU] for limit in gather_desired(now=START)}
    assert minutes == {"alpha": 540, "beta": 1620, "chat": 3120}
    assert audit_books().differences == ()


def test_a_directive_ends_by_itself_and_what_is_left_goes_back_with_the_premium(lab):
    adopt(lab)
    assert advance_directives(now=END - DAY) == []
    assert advance_directives(now=END) == ["red-1: expired, owing", "red-1: kept"]
    assert owed() == (0, 0)
    assert [hours(key) for key in (CHAT, ALPHA, BETA)] == [37, 12.75, 38.25]
    assert audit_books().differences == ()


def test_payback_posts_once_however_often_time_is_asked(lab):
    adopt(lab)
    advance_directives(now=END)
    size = tip().size
    for later in (END, END + DAY, PAYBACK + DAY):
        assert advance_directives(now=later) == []
    assert tip().size == size


def test_what_was_spent_is_paid_back_from_later_grants_and_lenders_share_alike(lab):
    adopt(lab)
    use(CHAT, 46 * HOUR, at=START + DAY, source="job 1")
    assert advance_directives(now=END) == ["red-1: expired, owing"]
    assert (hours(CHAT), hours(ALPHA), hours(BETA)) == (0, 10.5, 31.5)
    assert owed() == (6, 3)
    pool = Key(Kind.POOL, "spring", GPU)
    post(leg("late grant", pool, CHAT, 9 * HOUR))
    assert advance_directives(now=PAYBACK - DAY) == ["red-1: kept"]
    assert owed() == (0, 0)
    assert find_directive("red-1").state == "paid_back"


def test_a_directive_that_is_not_paid_back_in_time_is_broken_and_still_pays(lab):
    adopt(lab)
    use(CHAT, 52 * HOUR, at=START + DAY, source="job 1")
    advance_directives(now=END)
    assert advance_directives(now=PAYBACK) == ["red-1: broken"]
    assert advance_directives(now=PAYBACK + DAY) == []
    post(leg("late grant", Key(Kind.POOL, "spring", GPU), CHAT, 12 * HOUR))
    advance_directives(now=PAYBACK + DAY)
    assert owed() == (0, 3)
    assert find_directive("red-1").state == "broken"


def test_ending_early_gives_back_at_once(lab):
    adopt(lab)
    row = end_directive(ref="red-1", by=lab["eve"], now=START + DAY)
    assert (row.state, row.over_at) == ("paid_back", START + DAY)
    assert hours(CHAT) == 37
    again = lambda: end_directive(ref="red-1", by=lab["eve"], now=START + DAY)  # noqa: E731
    assert refused(again) is Code.WRONG_STATE


def test_a_preview_is_refused_when_a_lender_has_not_left_what_it_was_to_lend(lab):
    sign_both(lab, preview(lab))
    use(ALPHA, 10 * HOUR, at=START, source="job 1")  # of 12, 3 of which it was to lend
    call = lambda: adopt_directive(ref="red-1", by=lab["mia"], now=START)  # noqa: E731
    assert refused(call) is Code.STALE_PREVIEW
    assert balance_of(CHAT) == 40 * HOUR
    sign_both(lab, make_preview(ref="red-1", by=lab["eve"], now=START))
    assert call().state == "in_force"


def test_a_directive_without_all_signatures_is_not_adopted(lab):
    made = preview(lab)
    call = lambda: adopt_directive(ref="red-1", by=lab["mia"], now=START)  # noqa: E731
    assert refused(call) is Code.WRONG_STATE
    for _ in range(2):  # the same hand twice counts once
        sign_directive(ref="red-1", number=made.number, by=lab["mia"], now=START)
    assert refused(call) is Code.WRONG_STATE


def test_usage_that_leaves_the_loans_whole_changes_nothing_and_loans_are_posted_as_signed(lab):
    made = preview(lab)
    sign_both(lab, made)
    use(ALPHA, 9 * HOUR, at=START, source="job 1")
    use(BETA, HOUR, at=START, source="job 2")
    adopt_directive(ref="red-1", by=lab["mia"], now=START)
    assert [hours(key) for key in (CHAT, ALPHA, BETA)] == [52, 0, 26]


def test_a_preview_without_a_replay_or_a_reason_is_refused(lab):
    made = preview(lab)
    document = document_of(made)
    assert document["replays"][0]["reason"]
    made.document = json.dumps(document | {"replays": []})
    made.save()
    sign_both(lab, made)
    call = lambda: adopt_directive(ref="red-1", by=lab["mia"], now=START)  # noqa: E731
    assert refused(call) is Code.INCOMPLETE


def test_signatures_on_an_older_preview_count_no_more(lab):
    made = preview(lab)
    sign_both(lab, made)
    make_preview(ref="red-1", by=lab["eve"], now=START)
    call = lambda: adopt_directive(ref="red-1", by=lab["mia"], now=START)  # noqa: E731
    assert refused(call) is Code.WRONG_STATE
    old = lambda: sign_directive(ref="red-1", number=1, by=lab["mia"], now=START)  # noqa: E731
    assert refused(old) is Code.STALE_PREVIEW


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("eve", Code.CONFLICT_OF_INTEREST),  # drafted it
        ("ann", Code.NOT_ALLOWED),
        ("ops", Code.NOT_ALLOWED),
        ("aud", Code.NOT_ALLOWED),
    ],
)
def test_signing_is_refused_to_who_drafted_it_and_to_who_is_not_of_the_board(lab, who, code):
    preview(lab)
    call = lambda: sign_directive(ref="red-1", number=1, by=lab[who], now=START)  # noqa: E731
    assert refused(call) is code


def test_signing_is_refused_to_who_is_not_among_the_signers_that_the_terms_name(lab):
    preview(lab, TERMS.replace("[take", 'signers = ["mia", "pia"]\n[take', 1))
    call = lambda: sign_directive(ref="red-1", number=1, by=lab["noa"], now=START)  # noqa: E731
    assert refused(call) is Code.NOT_ALLOWED
    sign_directive(ref="red-1", number=1, by=lab["mia"], now=START)


@pytest.mark.parametrize("more", ['signers = ["mia"]\n[take', 'exempt_groups = ["vision"]\n[take'])
def test_terms_that_name_too_few_signers_or_groups_of_a_trace_are_refused(lab, more):
    call = lambda: preview(lab, TERMS.replace("[take", more, 1))  # noqa: E731
    assert refused(call) is Code.INCOMPLETE


def test_terms_of_the_former_schema_are_read_as_before(lab):
    assert preview(lab, TERMS.replace("apportion.directive/1", "apportion.codered/1")).number == 1


def test_a_second_directive_in_the_same_time_is_refused_and_an_extension_is_not(lab):
    adopt(lab)
    other = TERMS.replace("red-1", "red-2")
    assert refused(lambda: preview(lab, other, "red-2")) is Code.OVERLAPPING
    later = other.replace(END.isoformat(), (END + DAY).isoformat()).replace(
        f"from = {START.isoformat()}", f"from = {END.isoformat()}"
    )
    withdraw_directive(ref="red-2", by=lab["eve"], now=START)
    extension = later.replace("red-2", "red-3")
    assert preview(lab, extension, "red-3").number == 1


def test_another_directive_under_the_same_name_is_refused_and_the_same_one_is_found(lab):
    first = draft_directive(toml=TERMS, by=lab["eve"], now=START)
    assert draft_directive(toml=TERMS, by=lab["eve"], now=START) == first
    other = TERMS.replace("incident", "board")
    call = lambda: draft_directive(toml=other, by=lab["eve"], now=START)  # noqa: E731
    assert refused(call) is Code.ALREADY_DONE


def test_a_directive_without_an_end_is_refused_with_the_line(lab):
    toml = "\n".join(line for line in TERMS.splitlines() if not line.startswith("until"))
    with pytest.raises(BadInput, match="a directive has an end"):
        draft_directive(toml=toml, by=lab["eve"], now=START)
    assert not Directive.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("= 12", "= 101", Code.OUT_OF_RANGE),
        ("= 12", "= 60", Code.NOT_ENOUGH),
        ('project = "chat"', 'project = "none"', Code.NOT_FOUND),
        ("rate = 1.25", "rate = 3", Code.OUT_OF_RANGE),
        ('project = "chat"', 'area = "foundations"\nexempt_areas = ["assistant"]', Code.NOT_ENOUGH),
    ],
)
def test_terms_that_the_books_cannot_bear_are_refused_and_change_nothing(lab, old, new, code):
    assert refused(lambda: preview(lab, TERMS.replace(old, new))) is code
    assert find_directive("red-1").state == "draft"


def test_exempt_projects_do_not_lend(lab):
    toml = TERMS.replace("[take", 'exempt_projects = ["alpha"]\n[take', 1)
    told = document_of(preview(lab, toml))
    assert [one["project"] for one in told["losers"]] == ["beta"]


def test_an_area_borrows_by_what_its_projects_were_awarded(lab):
    toml = TERMS.replace('project = "chat"', 'area = "foundations"')
    told = document_of(preview(lab, toml))
    got = {one["borrower"]: one["amount"] / HOUR for one in told["lendings"]}
    assert got == {"alpha": 3, "beta": 9}


def test_every_step_is_sealed(lab):
    adopt(lab)
    advance_directives(now=END)
    sealed = (
        Record.objects.filter(kind="directive").order_by("seq").values_list("subject", flat=True)
    )
    steps = Step.objects.filter(directive__ref="red-1").values_list("verb", flat=True)
    assert list(steps) == ["draft", "preview", "sign", "sign", "complete", "adopt", "expire", "pay"]
    assert list(sealed) == [f"red-1/{number}" for number in range(1, 9)]


def test_a_loan_that_cannot_be_posted_leaves_nothing_behind(lab, monkeypatch):
    from apportion.apps.directive import actions

    sign_both(lab, preview(lab))
    real, calls = actions.open_loan, []

    def stop_at_the_second(**given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**given)

    monkeypatch.setattr(actions, "open_loan", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        adopt_directive(ref="red-1", by=lab["mia"], now=START)
    assert (balance_of(CHAT), Lent.objects.count()) == (40 * HOUR, 0)
    assert find_directive("red-1").state == "signed"
