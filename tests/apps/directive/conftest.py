"""What tests of directives start from."""

import pytest

from tests.apps.directive.lab import board, spend


@pytest.fixture
def lab(folk):
    """The office while credits are spent, with two signers."""
    spend(folk)
    folk["mia"], folk["noa"] = board()
    return folk
