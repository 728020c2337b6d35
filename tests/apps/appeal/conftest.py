"""What tests of appeals start from."""

import pytest

from tests.apps.appeal.lab import decide_spring


@pytest.fixture
def lab(folk):
    """A decided round, and two of the board who had no part in it."""
    return decide_spring(folk)
