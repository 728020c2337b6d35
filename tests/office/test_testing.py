"""`apportion test`: steps are run whatever the others said, and a site's settings stay out."""

import sys

import pytest

from apportion.office import testing


def test_a_sites_own_settings_do_not_reach_the_tests(monkeypatch):
    monkeypatch.setenv("APPORTION_DATABASE_URL", "postgresql://production")
    monkeypatch.setenv("APPORTION_SHARED", "elsewhere")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "apportion.office.settings")
    env = testing.environment()
    assert "APPORTION_DATABASE_URL" not in env
    assert env["APPORTION_SHARED"] == "elsewhere"
    assert env["DJANGO_SETTINGS_MODULE"] == "apportion.office.settings_test"


@pytest.mark.parametrize("code", [0, 3])
def test_a_step_says_how_it_ended(code, capfd):
    command = [sys.executable, "-c", f"print('at work'); raise SystemExit({code})"]
    assert testing.run_step("example", command) == code
    told = capfd.readouterr().out.splitlines()
    assert told[:2] == ["== example", "at work"]
    assert told[2].startswith("   FAILED (3) in" if code else "   ok in")


def test_every_step_runs_and_the_worst_code_is_given_though_the_last_passed(monkeypatch):
    ran = []

    def run_step(name, command, env=None):
        ran.append(name)
        return {"format": 1, "types": 2}.get(name, 0)

    monkeypatch.setattr(testing, "run_step", run_step)
    monkeypatch.setattr(testing, "find_postgres", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    assert testing.run_everything() == 2
    assert ran == ["style", "format", "types", "import rules", "all tests on SQLite"]


def test_in_ci_a_missing_postgresql_is_a_failed_step(monkeypatch):
    monkeypatch.setattr(testing, "run_step", lambda name, command, env=None: 0)
    monkeypatch.setattr(testing, "find_postgres", lambda: None)
    monkeypatch.setenv("CI", "true")
    assert testing.run_everything() == 69
