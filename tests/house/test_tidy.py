"""Style as a test: sizes, names and a few things that a reader should never meet."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "apportion"
MODULES = sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LEFT_OUT = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis", "data"}


def tracked():
    """Lists what git keeps; where there is no git, what lies in the folder."""
    ask = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    else:
        paths = [p for p in ROOT.rglob("*") if not LEFT_OUT & set(p.relative_to(ROOT).parts)]
    return sorted(path for path in paths if path.is_file())


TRACKED = tracked()

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
SAY_NOTHING = {"utils", "helpers", "common", "misc", "base", "services", "handlers", "signals"}
# Each pattern is written so that it does not find itself in this file.
UNFINISHED = re.compile(r"TO[D]O|FIX[M]E|NotImplement[e]dError|except Except[i]on|time\.sle[e]p\(")
HOLLOW = re.compile(r"assert Tru[e]\b|time\.sle[e]p\(|except Except[i]on|pytest\.mark\.xfai[l]")
MACHINE = re.compile(r"(?<![\w.~-])/(?:wor[k]|far[m]|roo[t]|hom[e]/\w+)/")
REGISTRY = re.compile(
    r"https?://[^\s\"']+\.(?:wh[l]|tg[z]|tar\.g[z]|de[b])\b|--(?:extra-)?index-ur[l]"
    r"|files\.pythonhoste[d]|pypi\.or[g]|registry\.npmj[s]"
)
LOCKS_THAT_NAME_HOSTS = {"uv.lock", "pylock.toml", "package-lock.json", "poetry.lock"}


def named(path):
    return str(path.relative_to(ROOT))


def texts(paths):
    """Reads the text files among the paths; pictures and fonts are none."""
    for path in paths:
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def found(pattern, paths):
    """Lists each line that the pattern matches as file:line: text."""
    return [
        f"{named(path)}:{number}: {line.strip()[:100]}"
        for path, text in texts(paths)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_says_what_it_is_and_holds_short_functions(path):
    text = path.read_text()
    tree = ast.parse(text)
    assert text.count("\n") <= LONGEST_FILE
    assert ast.get_docstring(tree), "the first line of a module says what it is"
    assert long_functions(tree) == []


def long_functions(tree):
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    sizes = {f.name: (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions}
    return [f"{name}: {size} lines" for name, size in sizes.items() if size > LONGEST_FUNCTION]


def test_no_test_file_is_longer_than_a_module_may_be():
    long = [named(p) for p in TESTS if p.read_text().count("\n") > LONGEST_FILE]
    assert long == []


def test_every_name_of_a_module_says_what_is_in_it():
    assert [named(p) for p in MODULES if {p.stem, p.parent.name} & SAY_NOTHING] == []


def test_nothing_is_left_unfinished_or_caught_broadly():
    assert found(UNFINISHED, MODULES) == []


def test_no_test_is_hollow_or_sleeps():
    assert found(HOLLOW, TESTS) == []


def test_no_file_names_a_place_on_one_machine():
    assert found(MACHINE, TRACKED) == []


def test_no_file_names_a_package_registry():
    assert found(REGISTRY, TRACKED) == []


def test_no_lock_that_names_hosts_is_kept():
    assert [named(p) for p in TRACKED if p.name in LOCKS_THAT_NAME_HOSTS] == []


def test_every_page_keeps_script_and_style_out_of_the_markup():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style\b|\bstyle=[\"']|\bon[a-z]+=[\"']|javascript:"
    )
    assert found(inline, [p for p in TRACKED if p.suffix == ".html" and SRC in p.parents]) == []
