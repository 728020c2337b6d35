"""The launcher installs what a command needs, once, and again only when a lock has changed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).resolve().parents[2] / "apportion"
UV = """#!/bin/sh
if [ "$1" = venv ]; then
    for last; do :; done
    mkdir -p "$last/bin" && printf '#!/bin/sh\\necho ran "$@"\\n' > "$last/bin/python"
    chmod +x "$last/bin/python"
else
    for last; do :; done
    echo "$(basename "$last")" >> "$UV_LOG"
    [ ! -e "$UV_FAILS" ] || exit 1
fi
"""


class Checkout:
    """A checkout with three locks, and a `uv` that writes down what it is asked to install."""

    def __init__(self, root):
        self.root = root
        self.log = root / "log"
        self.fails = root / "fails"
        shutil.copy(LAUNCHER, root / "apportion")
        (root / "requirements").mkdir()
        for kind in ("run", "postgres", "test"):
            self.lock(kind, "1")
        (root / "tools").mkdir()
        uv = root / "tools" / "uv"
        uv.write_text(UV)
        uv.chmod(0o755)

    def lock(self, kind, version):
        (self.root / "requirements" / f"{kind}.lock").write_text(f"{kind}=={version}\n")

    def run(self, *words, **env):
        """Runs the launcher; gives what was installed for it, and how it ended."""
        self.log.write_text("")
        plain = {"PATH": f"{self.root / 'tools'}:{os.environ['PATH']}"}  # noqa: TID251  to find sh
        logs = {"UV_LOG": str(self.log), "UV_FAILS": str(self.fails)}
        command = [str(self.root / "apportion"), *words]
        done = subprocess.run(
            command, env=plain | logs | env, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            assert done.stdout == f"ran -m apportion {' '.join(words)}\n"
        return self.log.read_text().split(), done.returncode


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


ON_POSTGRES = {"APPORTION_DATABASE_URL": "postgresql://office"}


def test_the_first_run_installs_and_the_second_does_not(checkout):
    assert checkout.run("demo") == (["run.lock"], 0)
    assert checkout.run("demo") == ([], 0)
    assert checkout.run("doctor", "--json") == ([], 0)


def test_testing_adds_the_test_tools_which_serve_for_all_else(checkout):
    checkout.run("demo")
    assert checkout.run("test") == (["test.lock"], 0)
    assert checkout.run("test", "tests/core") == ([], 0)
    assert checkout.run("demo") == ([], 0)
    assert checkout.run("serve", **ON_POSTGRES) == ([], 0)


def test_the_driver_is_added_when_the_database_url_asks_for_it(checkout):
    checkout.run("demo")
    assert checkout.run("serve", **ON_POSTGRES) == (["postgres.lock"], 0)
    assert checkout.run("serve", **ON_POSTGRES) == ([], 0)
    assert checkout.run("demo") == ([], 0)


def test_a_changed_lock_is_installed_again(checkout):
    checkout.run("test")
    for kind in ("run", "test"):
        checkout.lock(kind, "2")
    assert checkout.run("demo") == (["run.lock"], 0)
    assert checkout.run("test") == (["test.lock"], 0)


def test_an_install_that_failed_is_done_again(checkout):
    checkout.fails.touch()
    assert checkout.run("demo") == (["run.lock"], 1)
    checkout.fails.unlink()
    assert checkout.run("demo") == (["run.lock"], 0)


def test_the_packages_may_live_elsewhere(checkout):
    assert checkout.run("demo", APPORTION_VENV=str(checkout.root / "elsewhere")) == (
        ["run.lock"],
        0,
    )
    assert not (checkout.root / ".venv").exists()
    assert checkout.run("demo") == (["run.lock"], 0)


@pytest.mark.skipif(not shutil.which("dash"), reason="no dash here: apt-get install dash")
def test_any_posix_shell_can_read_the_launcher():
    subprocess.run(["dash", "-n", str(LAUNCHER)], check=True)
