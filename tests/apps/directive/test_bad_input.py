"""Directives and claims that ask what cannot be are refused or answered with what is missing."""

from datetime import timedelta

import pytest

from apportion.apps.directive.actions import draft_directive
from apportion.apps.directive.models import Directive
from apportion.apps.ledger.actions import lock_tip
from apportion.apps.ledger.models import Transfer
from apportion.core.faults import BadInput
from apportion.core.refusals import Code
from tests.apps.directive.lab import END, START, TERMS
from tests.apps.directive.test_actions import adopt, preview, refused

pytestmark = pytest.mark.django_db


def test_a_directive_over_more_than_the_pool_is_refused_and_lends_nothing(lab):
    before = Transfer.objects.count()
    assert refused(lambda: preview(lab, TERMS.replace("= 12", "= 101"))) is Code.OUT_OF_RANGE
    assert Transfer.objects.count() == before


def test_a_directive_that_overlaps_one_in_force_is_refused(lab):
    adopt(lab)
    other = TERMS.replace("red-1", "red-2")
    assert refused(lambda: preview(lab, other, "red-2")) is Code.OVERLAPPING


def test_a_directive_on_a_closed_period_is_refused(lab):
    tip = lock_tip()
    tip.closed_before_us = int((END + timedelta(days=1)).timestamp()) * 1_000_000
    tip.save()
    assert refused(lambda: adopt(lab)) is Code.PERIOD_CLOSED
    assert Directive.objects.get(ref="red-1").state != "in_force"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"until = {END.isoformat()}\n", ""),
        (f"until = {END.isoformat()}", f"until = {START.isoformat()}"),
        ("= 12", "= 0"),
        ("= 12", "= -12"),
        ("= 12", '= "much"'),
        ('"gpu:h100" = 12', ""),
    ],
    ids=["no end", "ends before it begins", "nothing", "negative", "not a number", "takes nothing"],
)
def test_a_directive_that_makes_no_sense_is_refused_with_the_line_and_kept_nowhere(lab, old, new):
    with pytest.raises(BadInput) as wrong:
        draft_directive(toml=TERMS.replace(old, new), by=lab["eve"], now=START)
    assert all(fault.remedy for fault in wrong.value.faults)
    assert not Directive.objects.exists()
