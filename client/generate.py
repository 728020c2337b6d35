"""Writes what the client knows of the office: `verbs.json` and the typed calls in `generated/`.

    PYTHONPATH=src python client/generate.py          # with the office's packages
    python client/generate.py --check                 # says whether they are current, changes nothing

Both come of the OpenAPI description that the office serves; the flags come of the office's own
command line, so that a verb is called alike at the office and from afar. The typed calls are
written by openapi-python-client, which stands in an environment of its own (client/generator.lock);
APPORTION_CLIENT_GENERATOR names its program.
"""

import argparse
import filecmp
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "src" / "apportion_client"
VERBS, TYPED = PACKAGE / "verbs.json", PACKAGE / "generated"
SOURCE = "SOURCE"  # which description the typed calls were made of
WANTED = ("api", "models", "__init__.py", "client.py", "errors.py", "types.py", "py.typed")
STRANGE = {"If-None-Match", "Idempotency-Key"}  # headers that the transport sees to


def main() -> int:
    """Writes both, or says what is stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="Change nothing; 1 where stale.")
    parser.add_argument("--typed-only", action="store_true", help="Leave verbs.json alone.")
    asked = parser.parse_args()
    description = slim(describe())
    stale = []
    if not asked.typed_only and write_verbs(check=asked.check):
        stale.append(VERBS)
    if write_typed(description, check=asked.check):
        stale.append(TYPED)
    for path in stale:
        print(f"{path.relative_to(HERE)}: {'is stale' if asked.check else 'written'}")  # noqa: T201
    return 1 if stale and asked.check else 0


def describe() -> dict[str, Any]:
    """Asks the office for its description."""
    sys.path.insert(0, str(HERE.parent / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apportion.office.settings_test")
    import django

    django.setup()
    from apportion.office.api.describe import describe as told

    return json.loads(json.dumps(told()))


def slim(description: dict[str, Any]) -> dict[str, Any]:
    """Leaves out what the transport sees to: problems, which are raised, and two headers."""
    for operations in description["paths"].values():
        for told in operations.values():
            told["responses"] = {
                status: _answer(answer)
                for status, answer in told["responses"].items()
                if status.startswith("2")
            }
            told["parameters"] = [one for one in told["parameters"] if one["name"] not in STRANGE]
            told["security"] = []  # the client that the calls are given is signed in
    description["components"].pop("securitySchemes", None)
    description.pop("security", None)
    plain: dict[str, Any] = _untitled(description)
    return plain


def _answer(answer: dict[str, Any]) -> dict[str, Any]:
    """Lets links aside, and calls every text a text: the generator knows no other kinds of it."""
    content = {
        media if media == "application/json" else "text/plain": held
        for media, held in answer.get("content", {}).items()
    }
    return {"description": answer["description"], "content": content}


def _untitled(held: Any) -> Any:
    """Leaves out titles, of which the generator would name classes, and what makes text more.

    What a call gives is JSON as it came, and the types say so: an instant is text.
    """
    if isinstance(held, list):
        return [_untitled(one) for one in held]
    if not isinstance(held, dict):
        return held
    is_title = "info" not in held and "version" not in held
    return {
        name: _untitled(one)
        for name, one in held.items()
        if not (name == "title" and isinstance(one, str) and is_title)
        and (name, one) != ("format", "date-time")
    }


def write_verbs(*, check: bool) -> bool:
    """Writes the table of verbs; says whether it was stale."""
    sys.path.insert(0, str(HERE))
    from match_verbs import match_verbs

    text = json.dumps(match_verbs(describe()), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if VERBS.exists() and VERBS.read_text(encoding="utf-8") == text:
        return False
    if not check:
        VERBS.write_text(text, encoding="utf-8")
    return True


def digest(description: dict[str, Any]) -> str:
    """Marks a description and the templates that its calls are written with."""
    held = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for path in sorted((HERE / "templates").glob("*")):
        held.update(path.read_bytes())
    return held.hexdigest()


def write_typed(description: dict[str, Any], *, check: bool) -> bool:
    """Writes the typed calls; says whether they were stale.

    Where the generator is not here, a check compares what they were made of.
    """
    program = find_generator()
    mark = digest(description) + "\n"
    known = TYPED / SOURCE
    if program is None:
        if check:
            return not known.exists() or known.read_text() != mark
        sys.exit(f"no generator here: {HERE.name}/generator.lock says which")
    with tempfile.TemporaryDirectory() as scratch:
        made = run_generator(program, description, Path(scratch))
        (made / SOURCE).write_text(mark)
        if TYPED.is_dir() and same(TYPED, made):
            return False
        if not check:
            shutil.rmtree(TYPED, ignore_errors=True)
            shutil.copytree(made, TYPED)
    return True


def find_generator() -> str | None:
    """Finds the program: where the environment says, or on PATH."""
    return os.environ.get("APPORTION_CLIENT_GENERATOR") or shutil.which("openapi-python-client")


def run_generator(program: str, description: dict[str, Any], scratch: Path) -> Path:
    """Runs the generator on a description; gives the folder of what it wrote."""
    source, out = scratch / "openapi.json", scratch / "out"
    source.write_text(json.dumps(description))
    settings = HERE / "generator.yml"
    told = subprocess.run(
        [
            *(program, "generate", "--meta", "none", "--fail-on-warning", "--overwrite"),
            *("--path", str(source), "--output-path", str(out), "--config", str(settings)),
            *("--custom-template-path", str(HERE / "templates")),
        ],
        capture_output=True,
        text=True,
        check=False,
        # Its formatter stands beside it, and finds no settings of ours on the way up.
        env={**os.environ, "PATH": f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}"},
    )
    if told.returncode != 0:
        sys.exit(f"the generator failed:\n{told.stdout}{told.stderr}")
    for path in out.iterdir():
        if path.name not in WANTED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return out


def same(one: Path, other: Path) -> bool:
    """Says whether two folders hold the same, Python's caches left aside."""
    compared = filecmp.dircmp(one, other, ignore=["__pycache__"])
    return _same(compared)


def _same(compared: "filecmp.dircmp[str]") -> bool:
    if compared.left_only or compared.right_only:
        return False
    _, differ, broken = filecmp.cmpfiles(
        compared.left, compared.right, compared.common_files, shallow=False
    )
    return not differ and not broken and all(map(_same, compared.subdirs.values()))


if __name__ == "__main__":
    sys.exit(main())
