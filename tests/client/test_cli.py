"""The office's verbs from afar: over a real socket, with a token, in the shapes of the office."""

import json
import stat

import pytest

from apportion.apps.rounds.queries import find_round
from apportion_client import cli


def test_a_login_keeps_the_token_where_only_its_user_reads_it(sign_in, at_home, run):
    token, out = sign_in("ann")
    assert out.startswith("Signed in to ")
    assert out.endswith(" as ann\n")
    assert token not in out
    assert stat.S_IMODE(at_home.stat().st_mode) == 0o600
    assert stat.S_IMODE(at_home.parent.stat().st_mode) == 0o700
    code, out, _ = run("whoami")
    assert code == 0
    assert out.splitlines()[1:] == ["roles: researcher", "scopes: all:read, all:write"]
    code, out, _ = run("offices", "--json")
    assert [(one["person"], one["in_use"]) for one in json.loads(out)] == [("ann", True)]


def test_a_login_is_refused_when_the_token_is_not_the_offices(live_server, lab, at_home, run):
    code, out, err = run(
        "login", live_server.url, "--with-token", typed=f"apn_aaaaaaaa_{'a' * 52}\n"
    )
    assert (code, out) == (4, "")
    assert "token does not work" in err
    assert not at_home.exists()


def test_a_token_that_reaches_little_signs_in_and_is_told_what_it_lacks(sign_in, run):
    _, out = sign_in("ann", "round:read")
    assert " as " not in out
    assert run("round", "list", "-P", "-n", "-o", "slug")[1] == "spring\n"
    code, _, err = run("request", "list", "--round", "spring")
    assert code == 4
    assert "request:read" in err


def test_a_logout_forgets_the_token(sign_in, at_home, run):
    token, _ = sign_in("ann")
    assert run("logout")[0] == 0
    assert token not in at_home.read_text()
    assert run("logout")[0] == 2
    assert run("round", "list")[0] == 2


def test_listings_come_in_five_shapes(sign_in, run):
    sign_in("eve")
    rows = json.loads(run("request", "list", "--round", "spring", "--json")[1])
    assert [row["project"] for row in rows] == ["looking-inside", "long-memory"]
    piped = run("request", "list", "--round", "spring", "-P", "-n", "-o", "project,state")[1]
    assert piped == "looking-inside|submitted\nlong-memory|submitted\n"
    header = run("request", "list", "--round", "spring", "--csv")[1].splitlines()[0]
    assert header.startswith("ref,round,project,area,title,state")
    assert "Project" in run("request", "list", "--round", "spring")[1]
    assert run("request", "list", "--round", "spring", "-o", "shoe_size")[0] == 2
    assert run("request", "list", "--round", "spring", "--json", "--csv")[0] == 2


def test_a_request_is_filed_seen_and_withdrawn_from_afar(sign_in, lab, run, monkeypatch):
    at_round = find_round("spring").requests_close_at
    monkeypatch.setattr("apportion.office.clock.now", lambda: at_round.replace(hour=1))
    sign_in("ann")
    filing = ("request", "create", "--round", "spring", "--project", "looking-inside")
    words = ("--title", "Two", "--question", "Why?", "--if-minimum", "Less.")
    code, out, err = run(*filing, *words, "--min", "10h", "--ask", "20h", "--json")
    assert (code, err) == (0, "")
    ref = json.loads(out)["ref"]
    shown = json.loads(run("request", "show", ref, "--json")[1])
    assert shown["amounts"] == [{"resource": "gpu:h100", "minimum": 36000, "ask": 72000}]
    code, out, _ = run("request", "withdraw", ref)
    assert (code, "withdrawn" in out) == (0, True)
    code, _, err = run("request", "withdraw", ref)
    assert code == 1
    assert ref in err


def test_an_amount_without_a_unit_is_refused_before_anything_is_sent(run, at_home):
    code, _, err = run(
        *("request", "create", "--round", "r", "--project", "p", "--title", "t"),
        *("--question", "q", "--min", "10", "--ask", "20"),
    )
    assert code == 2
    assert "1200h" in err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("round", "show", "nowhere"), 3),
        (("request", "show", "R-999"), 3),
        (("slate", "propose", "spring"), 4),
        (("round", "close", "spring"), 4),
        (("round", "list", "--nonsense"), 2),
        (("round",), 2),
        (("nonsense",), 2),
        (("decide", "--round", "x.toml"), 2),
        (("api", "get", "rounds"), 2),
    ],
)
def test_trouble_is_told_apart_by_exit_code(sign_in, run, arguments, code):
    sign_in("ann")
    assert run(*arguments)[0] == code


def test_an_office_that_is_not_there_is_unavailable(at_home, run, monkeypatch):
    monkeypatch.setattr("apportion_client.transport.Patience.wait", lambda *_: None)
    monkeypatch.setenv("APPORTION_TOKEN", "apn_x")
    code, out, err = run("--server", "http://127.0.0.1:9", "round", "list")
    assert (code, out) == (69, "")
    assert "127.0.0.1" in err


def test_a_text_is_written_as_it_comes_or_into_a_file(sign_in, run, tmp_path):
    sign_in("eve")
    whole = run("round", "policy", "spring")[1]
    assert 'schema = "apportion.round/1"' in whole
    out = tmp_path / "round.toml"
    assert run("round", "policy", "spring", "--out", str(out))[:2] == (0, "")
    assert out.read_text() == whole


def test_any_other_call_is_made_by_its_address(sign_in, run):
    sign_in("eve")
    assert json.loads(run("api", "get", "/rounds/spring")[1])["slug"] == "spring"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_taught_to_complete(run, shell):
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_APPORTION_COMPLETE" in out


def test_words_are_completed_down_to_the_flags(run, monkeypatch):
    def complete(words, at):
        monkeypatch.setenv("_APPORTION_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(at))
        with pytest.raises(SystemExit):
            cli.build()(prog_name="apportion")

    complete("apportion request su", 2)
    complete("apportion request list --ro", 3)
    complete("apportion completion ", 2)


def test_the_office_hands_over_what_is_meant_for_one_afar(at_home, monkeypatch):
    def is_afar(*words, has_office=True):
        return cli.is_for_the_client(words, has_office=has_office)

    assert is_afar("login", "office.example.org")
    assert is_afar("--server", "lab", "round", "list")
    assert not is_afar("round", "list")
    assert not is_afar("round", "list", has_office=False)  # and none is known afar
    monkeypatch.setenv("APPORTION_SERVER", "https://office.example.org")
    assert is_afar("round", "list")
    assert not is_afar("decide", "--round", "round.toml")
    assert not is_afar("init")
    assert not is_afar()
