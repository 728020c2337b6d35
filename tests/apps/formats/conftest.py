"""What tests of other programs' formats start from."""

import pytest

from apportion.apps.apply.actions import add_member, start_project
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.people.tokens import create_token
from apportion.apps.rounds.actions import set_rate
from apportion.apps.rounds.queries import find_area
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from tests.apps.small_lab import DATES, GPU, HOUR, NOW

START = DATES.credits_start_at
START_US = int(START.timestamp()) * 1_000_000


def pay(project, hours, *, code=TransferCode.GRANT, kind=Kind.ISSUED):
    """Moves hours into a project's account."""
    source = f"test {code} {project} {hours}"
    leg = Transfer(
        id=transfer_id(START_US // 1000, source),
        group=source,
        debit=Key(kind, "spring" if kind is Kind.ISSUED else project, GPU),
        credit=Key(Kind.PROJECT, project, GPU),
        amount=int(hours * HOUR),
        code=code,
        source=source,
        effective_us=START_US,
    )
    post_transfers([leg], now=NOW, actor="eve")


@pytest.fixture
def alpha(folk, spring):
    """A project of Ann's with 20.5 GPU-hours, on which Bob works; an hour costs 2 credits."""
    area = find_area("foundations")
    project = start_project(slug="alpha", title="Alpha", area=area, lead=folk["ann"], now=NOW)
    add_member(project=project, person=folk["bob"])
    pay("alpha", 20.5)
    set_rate(resource=GPU, microcredits_per_unit=2_000_000, starts_at=NOW)
    return project


@pytest.fixture
def ask(client, folk, settings):
    """Asks an address with a token of somebody."""
    settings.APPORTION_CLOCK = lambda: NOW

    def call(path, username=None, *, scopes=("all:read",), **headers):
        if username:
            _, raw = create_token(by=folk[username], name="test", scopes=scopes, days=30, now=NOW)
            headers["Authorization"] = f"Bearer {raw}"
        return client.get(path, headers=headers)

    return call


def job(number, *, start=START, hours=1, gpus=8, account="alpha", name="train", state="COMPLETED"):
    """One row of sacct's text."""
    at = int(start.timestamp())
    end = at + int(hours * HOUR)
    cells = [number, "c1", account, "ann", "gpu", "normal", state, at, at, at, end, end - at, 120]
    tres = f"gres/gpu:h100={gpus},gres/gpu={gpus}"
    return "|".join(str(cell) for cell in [*cells, tres, "", 1, 8, "0:0", name]) + "\n"


@pytest.fixture
def take(folk, tmp_path):
    """Imports rows as one file of sacct's text."""
    numbers = iter(range(100))

    def importing(*rows, now=NOW):
        path = tmp_path / f"usage-{next(numbers)}.txt"
        path.write_text("".join(rows))
        source = read_source(str(path), layout=Layout(format=Format.SACCT))
        return import_usage(sources=[source], by=folk["ops"], now=now)

    return importing
