"""A claim.toml about shares is read whole, and every fault is told at once with its line."""

from fractions import Fraction

import pytest

from apportion.adapters.files.parse_record import parse_record
from apportion.adapters.files.parse_statement import parse_statement
from apportion.core.claims.claim import Comparison, Measure
from apportion.core.faults import BadInput

GOOD = """schema = "apportion.claim/1"
statement = "Research is over half."
resource = "gpu"
period = "2026-Q1"
comparison = "at least 0.5"
[counts]
name = "Research"
areas = ["foundations"]
[[alternatives]]
name = "Without platform"
areas = ["foundations"]
left_out = ["platform"]
"""


def faults(text):
    with pytest.raises(BadInput) as told:
        parse_statement(text if isinstance(text, bytes) else text.encode(), "claim.toml")
    return told.value.faults


def test_a_claim_is_read_whole():
    claim = parse_statement(GOOD.encode(), "claim.toml")
    assert (claim.comparison, claim.limit) == (Comparison.AT_LEAST, Fraction(1, 2))
    assert claim.measure is Measure.DELIVERED
    assert claim.alternatives[0].left_out == ("platform",)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('"gpu"', '"all"', 3, "do not add up"),
        ('"2026-Q1"', '"last year"', 4, "not whole months"),
        ('"2026-Q1"', "2026", 4, "not whole months"),
        ('"at least 0.5"', '"most"', 5, "not a comparison"),
        ('"at least 0.5"', '"over 50"', 5, "not a share"),
        ('"at least 0.5"', '"over -1"', 5, "negative"),
        ('["foundations"]', "[]", 8, "not a list of areas"),
        ('["foundations"]', '["a", "a"]', 8, "named twice"),
        ('["platform"]', '["foundations"]', 12, "both counted and left out"),
        ("apportion.claim/1", "apportion.evidence/1", 1, "not known"),
        ("statement =", "statment =", 2, "unknown key"),
        ("period = ", 'measure = "spent"\nperiod = ', 4, "not known"),
        ("[counts]", "[count]", 6, "unknown key"),
    ],
)
def test_a_fault_is_told_with_its_line(old, new, line, what):
    told = faults(GOOD.replace(old, new, 1))
    assert any(fault.line == line and what in fault.what for fault in told), told


def test_all_faults_are_told_at_once():
    assert len(faults('schema = "x"')) >= 5


@pytest.mark.parametrize("data", [b"", b"\xff", b"a = [", b"a = 1979-05-27", b"counts = 3"])
def test_what_is_no_claim_is_refused_and_breaks_nothing(data):
    assert faults(data)


def test_a_record_that_does_not_hold_is_refused_with_what_is_untrue():
    with pytest.raises(BadInput) as told:
        parse_record(b"{}", "record.json")
    assert "as we write it" in str(told.value)
