"""What tests of metering start from."""

import pytest

from apportion.apps.apply.actions import start_project
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.rounds.queries import find_area
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.ledger import Transfer as Leg
from tests.apps.small_lab import DATES, GPU, HOUR, NOW

START = int(DATES.credits_start_at.timestamp())
ALPHA = Key(Kind.PROJECT, "alpha", GPU)


@pytest.fixture
def alpha(spring, folk):
    """A project with 20 GPU-hours, in a round whose credits run for ninety days."""
    area = find_area("foundations")
    project = start_project(slug="alpha", title="Alpha", area=area, lead=folk["ann"], now=NOW)
    issued = Key(Kind.ISSUED, "spring", GPU)
    grant = Leg(
        id=transfer_id(START * 1000, "test grant"),
        group="grant",
        debit=issued,
        credit=ALPHA,
        amount=20 * HOUR,
        code=TransferCode.GRANT,
        source="test grant",
        effective_us=START * 1_000_000,
    )
    post_transfers([grant], now=NOW, actor="eve")
    return project
