"""Words of a shell become fields of a call: exactly, or not at all."""

import base64
import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.refusals import Code
from apportion.office.cli import EXIT_CODES, REFUSED
from apportion_client import Problem, Usage
from apportion_client.fields import Kind, place_value, read_amount, read_instant
from apportion_client.problems import BY_CODE
from apportion_client.profiles import (
    Profile,
    Profiles,
    choose_profile,
    clean_url,
    load_profiles,
    save_profiles,
)


@given(st.integers(min_value=0, max_value=2**40))
def test_an_amount_is_read_exactly(seconds):
    assert read_amount(f"{seconds}s") == seconds
    assert read_amount(f"{seconds} h") == seconds * 3600
    assert read_amount(f"{seconds}W") == seconds * 604_800
    assert read_amount(f"{seconds}items") == seconds
    assert read_amount(f"{seconds}.25h") == seconds * 3600 + 900


@pytest.mark.parametrize("text", ["1200", "", "h", "-1h", "nanh", "1e999999h", "0.0001h", "1 2h"])
def test_an_amount_is_refused_when_it_is_no_number_with_a_unit(text):
    with pytest.raises(ValueError, match="write 1200h"):
        read_amount(text)


def test_an_instant_without_a_zone_is_utc():
    assert read_instant("2026-03-01") == "2026-03-01T00:00:00+00:00"
    assert read_instant("2026-03-01T12:00+01:00") == "2026-03-01T12:00:00+01:00"
    with pytest.raises(ValueError, match="no instant"):
        read_instant("soon")


def test_a_field_stands_where_the_body_has_it(tmp_path):
    file = tmp_path / "plan.pdf"
    file.write_bytes(b"\x00plan")
    body = {}
    read = Kind("base64", ()).convert(str(file), None, None)
    place_value(body, {"name": "file", "at": ["base64"], "kind": "base64"}, {"file": read})
    amount = {"name": "ask", "at": ["amounts", "{resource}", "ask"], "kind": "amount"}
    place_value(body, amount, {"ask": 7, "resource": "cpu"})
    flag = {"name": "wrong", "at": ["is_fine"], "kind": "not"}
    place_value(body, flag, {"wrong": False})
    place_value(body, {"name": "to", "at": ["manager"], "kind": "text", "null": True}, {})
    place_value(body, {"name": "note", "at": ["note"], "kind": "text"}, {})
    assert body == {
        "name": "plan.pdf",
        "base64": base64.b64encode(b"\x00plan").decode(),
        "amounts": {"cpu": {"ask": 7}},
        "is_fine": True,
        "manager": None,
    }


def test_each_refusal_has_the_exit_code_that_it_has_at_the_office():
    for code in Code:
        told = Problem(422, {"detail": "No.", "errors": [{"code": code.name}]})
        assert told.exit_code == EXIT_CODES.get(code, REFUSED), code
    assert set(BY_CODE) <= {code.name for code in Code}


def test_each_fault_is_told_with_its_remedy():
    faults = [{"field": "minimum", "what": "is too large", "remedy": "Ask for less."}]
    told = Problem(422, {"detail": "It cannot be read.", "errors": faults})
    assert str(told) == "It cannot be read.\nminimum: is too large. Ask for less."
    assert told.exit_code == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://office.example.org",
        "ftp://office.example.org",
        "https://ann:secret@office.example.org",
        "https://office.example.org?token=apn_x",
        "https://",
        "http://127.0.0.1.example.org",
    ],
)
def test_an_address_is_refused_when_a_token_would_leak_there(address):
    with pytest.raises(Usage):
        clean_url(address)


def test_an_address_is_kept_without_what_follows_it():
    assert clean_url("office.example.org/") == "https://office.example.org"
    assert clean_url("https://example.org/credits/api/v1/") == "https://example.org/credits"
    assert clean_url("http://[::1]:8000") == "http://[::1]:8000"


def test_tokens_are_refused_when_others_can_read_them(at_home):
    save_profiles(Profiles(current="lab", known={"lab": Profile(url="https://a.b", token="apn_s")}))
    assert stat.S_IMODE(at_home.stat().st_mode) == 0o600
    assert choose_profile().token == "apn_s"
    assert "apn_s" not in repr(choose_profile())
    at_home.chmod(0o644)
    with pytest.raises(Usage, match="chmod 600"):
        load_profiles()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"current": 1}', '{"current": "", "known": 3}'])
def test_a_file_of_tokens_that_was_damaged_is_told_as_such(at_home, text):
    save_profiles(Profiles())
    at_home.write_text(text)
    with pytest.raises(Usage, match="remove it"):
        load_profiles()


def test_another_office_may_be_named_for_one_call(at_home, monkeypatch):
    known = {
        "lab": Profile(url="https://a.b", token="apn_1"),
        "far": Profile(url="https://c.d", token="apn_2"),
    }
    save_profiles(Profiles(current="lab", known=known))
    assert json.loads(at_home.read_text())["current"] == "lab"
    assert choose_profile("far").token == "apn_2"
    assert choose_profile("https://c.d/").token == "apn_2"
    assert choose_profile("https://e.f").token == ""  # a token goes to its own office alone
    monkeypatch.setenv("APPORTION_TOKEN", "apn_3")
    assert choose_profile().token == "apn_3"
    with pytest.raises(Usage, match="far, lab"):
        choose_profile("nowhere")
