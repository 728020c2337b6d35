"""A period's close while a directive lends: refused until it has ended, and right afterwards."""

from datetime import timedelta

import pytest

from apportion.apps.directive.actions import (
    adopt_directive,
    advance_directives,
    draft_directive,
    make_preview,
    sign_directive,
)
from apportion.apps.directive.queries import find_directive
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.closing import close_period, open_period, preview_close
from apportion.apps.ledger.periods import find_period, period_of
from apportion.apps.ledger.queries import balance_of
from apportion.apps.report.period_end import gatherer
from apportion.apps.rounds.queries import find_round
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from apportion.core.windows import Window
from tests.apps.directive.lab import END, PAYBACK, START, TERMS, board, spend
from tests.apps.small_lab import DATES, GPU, HOUR

pytestmark = pytest.mark.django_db
OVER = DATES.credits_end_at + timedelta(days=1)
CHAT, ALPHA = (Key(Kind.PROJECT, name, GPU) for name in ("chat", "alpha"))


@pytest.fixture
def lent(folk):
    """A period in which twelve hours are lent to chat, to be paid back after the period's end."""
    spend(folk)
    folk["mia"], folk["noa"] = board()
    row = find_round("spring")
    window = Window(starts_at=row.credits_start_at, ends_at=row.credits_end_at)
    open_period(name="spring", window=window, round_row=row, by=folk["ops"], now=START)
    later = OVER + timedelta(days=20)
    toml = TERMS.replace(PAYBACK.isoformat(), later.isoformat())
    draft_directive(toml=toml, by=folk["eve"], now=START)
    make_preview(ref="red-1", by=folk["eve"], now=START)
    for name in ("mia", "noa"):
        sign_directive(ref="red-1", number=1, by=folk[name], now=START)
    adopt_directive(ref="red-1", by=folk["mia"], now=START)
    return folk


def close(by):
    return close_period(name="spring", gather=gatherer(final=True), by=by, now=OVER)


def test_a_close_is_refused_while_a_directive_is_in_force_and_takes_nothing(lent):
    before = balance_of(CHAT), balance_of(ALPHA)
    with pytest.raises(Refused) as refused:
        close(lent["ops"])
    assert refused.value.refusals[0].code is Code.WRONG_STATE
    assert "apportion tick" in str(refused.value)
    assert (balance_of(CHAT), balance_of(ALPHA)) == before
    assert preview_close(name="spring", gather=gatherer()).fates  # it may still be foretold


def test_once_the_directive_has_ended_lenders_have_their_own_again_and_the_close_goes_on(lent):
    with pytest.raises(Refused):
        close(lent["ops"])
    advance_directives(now=OVER)
    assert find_directive("red-1").state == "paid_back"
    assert balance_of(ALPHA) >= 12 * HOUR
    close(lent["ops"])
    assert period_of(find_period("spring")).state == "closed"
    assert audit_books().differences == ()
    assert advance_directives(now=OVER + timedelta(days=30)) == []


def test_a_directive_over_a_closed_period_is_refused(lent):
    advance_directives(now=END)
    close(lent["ops"])
    toml = TERMS.replace("red-1", "red-2")
    draft_directive(toml=toml, by=lent["eve"], now=OVER)
    with pytest.raises(Refused) as refused:
        make_preview(ref="red-2", by=lent["eve"], now=OVER)
    assert {one.code for one in refused.value.refusals} & {Code.PERIOD_CLOSED, Code.ROUND_NOT_OPEN}
