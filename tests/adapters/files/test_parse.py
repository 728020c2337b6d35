"""Everything that is wrong with a round's files is told at once, each with line, field and remedy."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.adapters.files.parse import MOST_REQUESTS, parse_requests, parse_round
from apportion.core.faults import BadInput
from apportion.core.policy import Objective

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "round"
ROUND = (EXAMPLE / "round.toml").read_bytes()
REQUESTS = (EXAMPLE / "requests.csv").read_bytes()
POLICY = parse_round(ROUND, "round.toml")
HEADER = REQUESTS.split(b"\n")[0]


def round_faults(data):
    with pytest.raises(BadInput) as caught:
        parse_round(data, "round.toml")
    return caught.value.faults


def request_faults(data):
    with pytest.raises(BadInput) as caught:
        parse_requests(data, "requests.csv", POLICY)
    return caught.value.faults


def rows(*lines, header=b"id,area,score,ask.gpu:h100,minimum.gpu:h100"):
    return b"\n".join([header, *lines])


def test_the_example_is_read_in_base_units():
    policy = POLICY
    assert policy.pool == {"gpu:h100": 13281 * 3600, "staff": 6 * 604_800}
    assert policy.size_exponent == Fraction(17, 20)
    assert policy.areas[1].cap == {"gpu:h100": 5200 * 3600, "staff": 2 * 604_800}
    asks = parse_requests(REQUESTS, "requests.csv", policy)
    assert asks[6].requires == ("scaling-small",)
    assert asks[2].minimum == {"gpu:h100": 300 * 3600, "staff": 604_800 // 4}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "a byte-order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(mark, end):
    assert parse_round(mark + ROUND.replace(b"\n", end), "r") == POLICY
    told = parse_requests(mark + REQUESTS.replace(b"\n", end), "q", POLICY)
    assert told == parse_requests(REQUESTS, "q", POLICY)


def test_a_minimum_fraction_is_rounded_up_to_whole_base_units():
    header = b"id,area,score,ask.gpu:h100,minimum_fraction"
    (ask,) = parse_requests(rows(b"a,continual,3,1,0.3333", header=header), "q", POLICY)
    assert ask.minimum == {"gpu:h100": 1200}


def test_a_score_may_be_left_out_where_there_is_a_value():
    header = b"id,area,value,ask.gpu:h100,minimum.gpu:h100"
    (ask,) = parse_requests(rows(b"a,continual,7.25,1,1", header=header), "q", POLICY)
    assert (ask.value, ask.score, ask.project) == (Fraction("7.25"), 0, "a")


def test_every_fault_of_a_round_is_told_at_once_with_its_line():
    broken = (
        ROUND.replace(b"share = 0.05", b"shares = 0.05")
        .replace(b'floor = { "gpu:h100" = 900 }', b'floor = { "gpu:h100" = 99000 }')
        .replace(b'"staff" = 6', b'"stuff" = 6')
        .replace(b'objective = "merit"', b'objective = "merrit"')
        .replace(b"gap = 0", b"gap = nan")
    )
    faults = {(f.field, f.line): f for f in round_faults(broken)}
    assert faults["reserve.shares", 14].remedy == "Did you mean share?"
    assert faults["areas[2].floor", 33].what == "the floor of gpu:h100 is above the whole pool"
    assert faults["pool.stuff", 11].remedy == "Did you mean staff?"
    assert faults["decide.objective", 51].remedy == "Did you mean merit?"
    assert faults["decide.gap", 53].what == "not a finite number"
    assert faults["resources.staff", 6].what == "not in [pool]"


@pytest.mark.parametrize(
    ("change", "field", "what"),
    [
        ((b'schema = "apportion.round/1"', b'schema = "round/9"'), "schema", "missing or not known"),
        ((b'unit = "week"', b'unit = "fortnight"'), "resources.staff.unit", "not a display unit"),
        ((b"share = 0.05", b"share = 1.5"), "reserve.share", "not a share"),
        ((b"share = 0.05", b"share = 0.99"), "reserve", "nothing is left to award"),
        ((b'"gpu:h100" = 13281', b'"gpu:h100" = -1'), "pool.gpu:h100", "negative"),
        ((b'parent = "research"', b'parent = "reserch"'), "areas[1].parent", "no such area"),
        ((b'id = "continual"', b'id = "foundations"'), "areas[2].id", "repeated"),
        ((b"size_exponent = 0.85", b"size_exponent = 0.12345"), "decide.size_exponent", "out of range"),
        ((b"skip_unfit = true", b'skip_unfit = "yes"'), "decide.cut_line.skip_unfit", "not true or false"),
        ((b"tie_seed =", b'tie_commitment = "00"\ntie_seed ='), "decide.tie_seed", "not the seed that was committed"),
    ],
)  # fmt: skip
def test_a_round_is_refused_when_a_rule_of_its_own_is_broken(change, field, what):
    faults = round_faults(ROUND.replace(*change, 1))
    assert (field, what) in {(f.field, f.what) for f in faults}


def test_areas_above_one_another_in_a_circle_are_named():
    data = ROUND.replace(b'id = "research"', b'id = "research"\nparent = "wellbeing"')
    (fault,) = round_faults(data)
    assert fault.value == "research > wellbeing > research"


def test_a_cap_below_the_floor_is_refused():
    data = ROUND.replace(b'cap = { "gpu:h100" = 5200, "staff" = 2 }', b'cap = { "gpu:h100" = 20 }')
    (fault,) = round_faults(data)
    assert fault.what == "the cap of gpu:h100 is below the floor"


def test_a_round_without_areas_is_refused():
    faults = round_faults(b'schema = "apportion.round/1"\nname = "x"\n[pool]\ngpu = 1\n')
    assert [(f.field, f.what) for f in faults] == [("areas", "no area")]


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"a = [", 1), (b"a = 1\nb = = 2", 2), (b"a = 1\nb = '\xff'", 2)],
    ids=["open", "double", "latin-1"],
)
def test_what_is_not_toml_is_refused_with_its_line(data, line):
    assert [f.line for f in round_faults(data)] == [line]


def test_every_fault_of_the_requests_is_told_at_once():
    data = rows(
        b"a,continual,3,10,5",
        b"a,continual,3,10,5",
        b"b,continuall,x,-1,5",
        b"c,continual,NaN,1e309,5",
        b"d,continual,3,1,2",
        b"e,continual,3,0,0",
        b"f,continual,3,0.00001,0",
        b"g,continual,3",
    )
    told = [(f.line, f.field, f.what) for f in request_faults(data)]
    assert told == [
        (3, "id", "repeated"),
        (4, "area", "no such area"),
        (4, "score", "not a number"),
        (4, "ask.gpu:h100", "negative"),
        (5, "score", "not a finite number"),
        (5, "ask.gpu:h100", "out of range"),
        (6, "minimum.gpu:h100", "above the ask"),
        (7, "ask", "asks for nothing"),
        (8, "ask.gpu:h100", "not a whole number of base units (1 hour is 3600)"),
        (9, None, "3 cells in a table of 5 columns"),
    ]


def test_columns_that_are_unknown_doubled_or_missing_are_told_together():
    header = b"id,id,scores,ask.gpu:h100"
    told = {(f.field, f.what) for f in request_faults(rows(header=header))}
    assert told == {
        ("id", "doubled column"),
        ("scores", "unknown column"),
        ("area", "missing column"),
        ("score", "missing column"),
        ("minimum.gpu:h100", "missing column"),
    }


def test_a_circle_of_requirements_is_named_once():
    header = b"id,area,score,ask.gpu:h100,minimum.gpu:h100,requires"
    data = rows(
        b"a,continual,3,1,1,b", b"b,continual,3,1,1,c", b"c,continual,3,1,1,a;nobody", header=header
    )
    told = {f.what: (f.line, f.value) for f in request_faults(data)}
    assert told == {
        "no such request": (4, "nobody"),
        "requests that require one another in a circle": (2, "a > b > c > a"),
    }


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (HEADER + b"\n", "no request"),
        (REQUESTS.decode().encode("utf-16"), "UTF-16 text"),
        (REQUESTS.replace(b"proof", b"pr\xf6f"), "not UTF-8 text"),
        (REQUESTS.replace(b"proof", b"pr\0f"), "a NUL character"),
        (REQUESTS.replace(b"proof-search", b'"proof-search'), "not CSV: unexpected end of data"),
    ],
    ids=["empty", "blank", "header only", "utf-16", "latin-1", "nul", "open quote"],
)
def test_a_file_that_holds_no_readable_table_is_refused(data, what):
    assert [f.what for f in request_faults(data)] == [what]


def test_a_million_rows_are_refused_before_they_are_read():
    data = HEADER + b"\n" + b"a,b\n" * 1_000_000
    (fault,) = request_faults(data)
    assert "more than one round takes" in fault.what
    assert f"{MOST_REQUESTS:,}" in fault.remedy


def test_beyond_a_thousand_faults_only_their_number_is_told():
    faults = request_faults(rows(*[b"a,b"] * 1500))
    assert len(faults) == 1001
    assert faults[-1].what.startswith("500 more faults")


def test_the_cut_line_needs_scores():
    cut = parse_round(ROUND.replace(b'"merit"', b'"cut-line"'), "r")
    assert cut.objective is Objective.CUT_LINE
    header = b"id,area,value,ask.gpu:h100,minimum.gpu:h100"
    with pytest.raises(BadInput) as caught:
        parse_requests(rows(b"a,continual,7,1,1", header=header), "q", cut)
    assert [f.field for f in caught.value.faults] == ["score"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_whatever_make_the_readers_crash(data):
    for read in (
        lambda: parse_round(data, "r"),
        lambda: parse_requests(data, "q", POLICY),
        lambda: parse_requests(HEADER + b"\n" + data, "q", POLICY),
    ):
        with suppress(BadInput):
            read()
