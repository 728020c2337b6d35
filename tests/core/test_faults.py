"""Faults: each says where, what and how to mend it, all of them at once, whatever was typed."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.faults import BadInput, Fault, WorldError, shorten

faults = st.builds(
    Fault,
    file=st.text(max_size=8),
    what=st.text(max_size=8),
    remedy=st.text(max_size=8),
    line=st.none() | st.integers(1),
    field=st.none() | st.text(max_size=8),
    value=st.none() | st.text(max_size=200),
)


@given(st.lists(faults, max_size=5))
def test_bad_input_tells_every_fault_on_a_line_of_its_own(found):
    error = BadInput(iter(found))
    assert error.faults == tuple(found)
    assert str(error) == "\n".join(map(str, found))


@given(faults)
def test_a_fault_says_its_place_its_field_and_its_remedy(fault):
    told = str(fault)
    assert told.startswith(fault.file)
    assert fault.line is None or f":{fault.line}:" in told
    assert fault.remedy in told


@given(st.text(), st.integers(1, 100))
def test_a_value_is_shortened_to_the_limit_and_short_ones_are_left_alone(text, limit):
    assert len(shorten(text, limit)) <= limit
    assert len(text) > limit or shorten(text, limit) == text


@given(st.text(max_size=300))
def test_a_hostile_value_cannot_start_a_line_of_its_own(value):
    fault = Fault(file="requests.csv", line=3, what="not a number", remedy="Write one", value=value)
    assert "\n" not in str(fault)
    assert "\x1b" not in str(fault)


def test_a_fault_reads_as_file_line_field_value_and_remedy():
    fault = Fault(
        file="requests.csv", line=7, field="ask.cpu", value="-3", what="negative", remedy="Write 0"
    )
    assert str(fault) == "requests.csv:7: ask.cpu: negative (got '-3'). Write 0"


def test_a_failing_world_says_whether_a_retry_may_help():
    assert WorldError("no answer", retryable=True).retryable
