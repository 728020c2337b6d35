"""The locks: hashed, and each holding all of the smaller one, as the launcher relies on."""

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
PIN = re.compile(r"^([a-z0-9._-]+==\S+)", re.MULTILINE)


def pins(name):
    return set(PIN.findall((REQUIREMENTS / f"{name}.lock").read_text()))


@pytest.mark.parametrize(("smaller", "larger"), [("run", "postgres"), ("postgres", "test")])
def test_a_larger_lock_holds_every_pin_of_the_smaller(smaller, larger):
    assert pins(smaller) <= pins(larger)


@pytest.mark.parametrize("name", ["run", "postgres", "test", "kueue", "spark"])
def test_every_pin_has_a_hash(name):
    text = (REQUIREMENTS / f"{name}.lock").read_text()
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    assert [b.splitlines()[0] for b in blocks if "==" in b and "--hash=sha256:" not in b] == []
