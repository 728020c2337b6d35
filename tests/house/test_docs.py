"""Documentation that cannot rot: what exists is written down, and what is written down exists."""

import re
from pathlib import Path

import pytest

from apportion.core.decide.reasons import ReasonCode
from apportion.core.refusals import Code
from apportion.office.cli import EXIT_CODES, build
from apportion.office.config import Settings
from apportion_client.cli import OWN_VERBS
from apportion_client.cli import build as build_client

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
TEXT = "\n".join(page.read_text() for page in PAGES)
OPERATORS = (ROOT / "docs" / "operators.md").read_text()
LONGEST_ARCHITECTURE = 300


def commands(command, path=()):
    """Lists every command that does something, by its words, with the options that it takes."""
    below = getattr(command, "commands", {})  # typer's groups are not click's own
    for name, part in below.items():
        yield from commands(part, (*path, name))
    if not below:
        parameters = (*command.params, *COMMAND_LINE.params)
        yield path, {"--help"}.union(*(p.opts + p.secondary_opts for p in parameters))


COMMAND_LINE = build()
COMMANDS = dict(commands(COMMAND_LINE))
FROM_AFAR = dict(commands(build_client()))  # the client's own verbs, and the office's by the API
VERBS = sorted(" ".join(("apportion", *words)) for words in COMMANDS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_the_command_line_is_documented(verb):
    assert re.search(rf"\b{re.escape(verb)}\b", TEXT)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_documented_for_operators(field):
    assert f"`APPORTION_{field.upper()}`" in OPERATORS


@pytest.mark.parametrize("code", Code)
def test_every_refusal_is_documented_with_its_meaning_and_exit_code(code):
    row = next((line for line in OPERATORS.splitlines() if f"| `{code.name}` |" in line), "")
    assert code.meaning in row
    assert f"| {EXIT_CODES.get(code, 1)} |" in row
    assert f"| {'yes' if code.retryable else 'no'} |" in row


@pytest.mark.parametrize("reason", ReasonCode)
def test_every_reason_of_a_decision_is_documented_with_its_meaning(reason):
    assert f"| `{reason.name}` | {reason.value} |" in TEXT


@pytest.mark.parametrize("verb", OWN_VERBS)
def test_every_verb_of_the_client_is_documented(verb):
    assert f"apportion {verb}" in TEXT


def typed(text):
    """Finds the commands that a text types: their first words, and the long options that follow."""
    whole = text.replace("\\\n", " ")
    found = re.findall(
        r"(?:\./|`|^|: )apportion ([a-z][a-z-]*(?: [a-z][a-z-]*){0,2})([^`\n]*)",
        whole,
        re.MULTILINE,
    )
    for words, rest in found:
        options = set(re.findall(r"(?<!\S)--[a-z][a-z-]*", rest.partition("#")[0]))
        yield tuple(words.split()), options


def unknown(text):
    """Tells which typed commands and options do not exist."""
    everything = {**FROM_AFAR, **COMMANDS}
    groups = {words[:count] for words in everything for count in range(1, len(words))}
    for words, options in typed(text):
        known = next((n for n in (3, 2, 1) if words[:n] in everything), None)
        if known is None and words not in groups:
            yield " ".join(words[:2])
            continue
        taken = COMMANDS.get(words[:known], set()) | FROM_AFAR.get(words[:known], set())
        if known is not None and options - taken:
            yield f"{' '.join(words)} {' '.join(sorted(options - taken))}"


def test_every_command_and_option_that_the_documentation_types_exists():
    assert list(unknown(TEXT)) == []


SAYS = [p for p in sorted((ROOT / "src").rglob("*")) if p.suffix in {".py", ".html"}]


def test_every_command_that_a_remedy_or_a_page_types_exists():
    found = {str(p.relative_to(ROOT)): list(unknown(p.read_text())) for p in SAYS}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_walk_over_the_command_line_finds_its_verbs():
    assert {"apportion demo", "apportion limits apply", "apportion usage import"} <= set(VERBS)


def test_every_setting_that_the_documentation_names_exists():
    launcher = {"APPORTION_VENV", "APPORTION_NO_UV", "APPORTION_SHARED"}
    client = {"APPORTION_SERVER", "APPORTION_TOKEN", "APPORTION_CLIENT_GENERATOR"}
    known = launcher | client | {f"APPORTION_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"\bAPPORTION_[A-Z_]+\b", TEXT)) <= known


def test_every_file_that_the_documentation_links_to_exists():
    broken = [
        f"{page.name}: {target}"
        for page in (*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_app_says_what_it_is_in_the_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    apps = [p.name for p in (ROOT / "src/apportion/apps").iterdir() if (p / "models.py").exists()]
    assert [name for name in apps if f"**{name}**" not in text] == []
    assert text.count("\n") <= LONGEST_ARCHITECTURE


def test_every_test_that_the_documentation_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    lost = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert named
    assert lost == []
