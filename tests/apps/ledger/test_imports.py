"""Accounting that comes in any order, in pieces, twice and through storms is booked once and whole."""

import random
from collections import Counter
from datetime import date

import pytest
from django.db import transaction

from apportion.apps.apply.actions import start_project
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Transfer
from apportion.apps.ledger.queries import balances
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.models import Charge
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.rounds.queries import find_area
from apportion.core.ledger import Key, Kind
from apportion.core.windows import from_epoch_us
from tests.apps.ledger.books import leg, post
from tests.apps.ledger.lockstep import BrokenError, Storm
from tests.apps.meter.test_actions import START, job
from tests.apps.small_lab import GPU, HOUR, NOW

pytestmark = pytest.mark.django_db
GRANTED = 30 * HOUR  # less than what runs, so that some goes to overrun
JOBS = [(n, n % 7, ("alpha", "alpha", "stranger")[n % 3], 1 + n % 4) for n in range(1, 31)]


@pytest.fixture
def ops(folk, spring):
    """An operator, where alpha has some credits and nobody knows the stranger."""
    area = find_area("foundations")
    start_project(slug="alpha", title="Alpha", area=area, lead=folk["ann"], now=NOW)
    issued, alpha = Key(Kind.ISSUED, "spring", GPU), Key(Kind.PROJECT, "alpha", GPU)
    post(leg("grant", issued, alpha, GRANTED))
    return folk["ops"]


def write_rows(path, jobs):
    rows = [
        job(number, start=START + day * 24 * HOUR, gpus=gpus, account=account)
        for number, day, account, gpus in jobs
    ]
    path.write_text("".join(rows))
    return read_source(str(path), layout=Layout(format=Format.SACCT))


def accounting():
    """Sums what ran by account and day, from the jobs themselves."""
    ran = Counter()
    for _, day, account, gpus in JOBS:
        ended_on = date.fromordinal(from_epoch_us(START * 10**6).date().toordinal() + day)
        ran[account, ended_on] += gpus * HOUR
    return ran


def booked():
    """Sums what was consumed by account and day, from the books; suspense counts as its owner's."""
    used = Counter()
    rows = Transfer.objects.filter(credit__kind=Kind.CONSUMED).select_related("debit", "credit")
    for row in rows:
        whose = row.debit if row.debit.kind == Kind.SUSPENSE else row.credit
        used[whose.owner, row.effective_at.date()] += row.amount
    return used


def test_imports_through_storms_come_to_the_accounting_and_to_what_one_calm_import_books(
    ops, tmp_path
):
    with transaction.atomic():
        import_usage(sources=[write_rows(tmp_path / "all.txt", JOBS)], by=ops, now=NOW)
        calm = balances()
        transaction.set_rollback(True)
    chance, broken = random.Random(5), 0
    sent = [*JOBS, *chance.sample(JOBS, 12)]
    chance.shuffle(sent)
    for piece in range(0, len(sent), 6):
        source = write_rows(tmp_path / f"{piece}.txt", sent[piece : piece + 6])
        for strikes_at in (chance.randrange(1, 10), 10**9):  # and again when the weather is calm
            try:
                with Storm(strikes_at), transaction.atomic():
                    import_usage(sources=[source], by=ops, now=NOW)
            except BrokenError:
                broken += 1
    assert broken >= 3
    assert balances() == calm
    assert booked() == accounting()
    assert Charge.objects.count() == len(JOBS)
    overrun = Key(Kind.OVERRUN, "alpha", GPU)
    ran = sum(gpus * HOUR for _, _, account, gpus in JOBS if account == "alpha")
    assert calm[overrun] == GRANTED - ran < 0
    assert audit_books().differences == ()
