"""What `./apportion test` ran before these tests, told here so that one summary holds it all."""

import json
import os

import pytest

STEPS = json.loads(
    os.environ.get("APPORTION_TEST_STEPS", "{}")  # noqa: TID251  how the parent process tells us
)


@pytest.mark.parametrize("step", STEPS)
def test_an_earlier_step_passed(step):
    assert STEPS[step] == 0, f"{step} failed with exit code {STEPS[step]}; its output stands above"
