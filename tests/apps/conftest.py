"""What tests of the office start from."""

import pytest

from tests.apps import small_lab


@pytest.fixture
def folk(db):
    """One person for each role."""
    return small_lab.people()


@pytest.fixture
def spring(folk):
    """An open round of 100 GPU-hours."""
    return small_lab.open_spring(folk["eve"])
