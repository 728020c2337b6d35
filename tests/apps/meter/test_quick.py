"""The quick way into the books and the careful one: the same charges, transfers and tellings."""

from dataclasses import replace

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.adapters.slurm.parse import SacctLayout
from apportion.adapters.slurm.plain import read_plain
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Transfer
from apportion.apps.ledger.queries import balances
from apportion.apps.meter import quick_reading
from apportion.apps.meter.collecting import sync_usage
from apportion.apps.meter.models import Charge
from apportion.apps.meter.rejects import list_rejects
from apportion.core.windows import from_epoch
from tests.apps.meter.said import END, START, Job, Scheduler
from tests.apps.small_lab import HOUR

CHARGE = [one.name for one in Charge._meta.fields if one.name not in {"id", "source"}]
TRANSFER = ("seq", "transfer_id", "amount", "effective_us", "code_number", "leg", "debit__owner")
ROWS = (
    "\n",
    "#|x\n",
    "77|c1|half\n",
    "78|c1|alpha|ann|gpu|normal|FAILED|1|1|x|2|3|4|gres/gpu=1|||||\n",
)
JOBS = st.builds(
    Job,
    number=st.integers(1, 12),  # so that some share a number
    start=st.integers(START - HOUR, START + 3 * HOUR),  # some across the border of the credits
    seconds=st.integers(0, 3 * HOUR),
    gpus=st.integers(0, 9),
    account=st.sampled_from(["alpha", "ALPHA", "stranger", ""]),
    user=st.sampled_from(["ann", ""]),
    state=st.sampled_from(["COMPLETED", "CANCELLED by 7", "NODE_FAIL", "FAILED"]),
    name=st.sampled_from(["train", "a|b", "zü", ""]),
)


def told(scheduler, ops, monkeypatch, *, quick):
    """Syncs twice, an hour apart, says all that came of it, and undoes it."""
    with monkeypatch.context() as patch, transaction.atomic():
        if not quick:
            patch.setattr(quick_reading, "read_plain", lambda *_, **__: None)
        came = []
        for later in (0, HOUR):
            now = scheduler.now + later
            one = replace(scheduler, now=now, asked=[], trouble={})
            since = from_epoch(START - 2 * HOUR)
            came.append(sync_usage(accounting=one, by=ops, now=from_epoch(now), since=since))
        charges = list(Charge.objects.order_by("pk").values_list(*CHARGE))
        transfers = list(Transfer.objects.order_by("seq").values_list(*TRANSFER))
        rejects = sorted(row.text for row in list_rejects())
        found = came, charges, transfers, balances(), rejects, audit_books().differences
        transaction.set_rollback(True)
    return found


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    jobs=st.lists(JOBS, max_size=9),
    extra=st.lists(st.sampled_from(ROWS), max_size=2),
    ahead=st.integers(1, 100),
)
def test_the_quick_way_gives_what_the_careful_one_gives(
    alpha, folk, tmp_path, monkeypatch, jobs, extra, ahead
):
    now = START + 2 * HOUR + ahead * 60
    scheduler = Scheduler(tmp_path, jobs=jobs, extra=extra, now=now)
    careful = told(scheduler, folk["ops"], monkeypatch, quick=False)
    assert told(scheduler, folk["ops"], monkeypatch, quick=True) == careful


def test_plain_rows_are_read_the_quick_way_and_odd_ones_are_named():
    rows = [Job(number).row(now=END) for number in (1, 2, 3, 3)] + [ROWS[2], Job(4).row(now=START)]
    read = read_plain("".join(rows).encode(), layout=SacctLayout(meter_running=True))
    assert [job.job for job in read.jobs] == ["1", "2"]
    assert read.odd == {"3", "4", "77"}


def test_text_that_only_the_careful_reader_can_tell_is_left_to_it():
    row = Job(1).row(now=END).encode()
    layout = SacctLayout()
    for text in (b"", row[:-1], row + b"\0\n", b"\xef\xbb\xbf" + row, row + b"\xff\n"):
        assert read_plain(text, layout=layout) is None
    assert read_plain(row, layout=replace(layout, fields=("jobidraw",))) is None
