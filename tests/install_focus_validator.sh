#!/bin/sh
# Makes the environment of the FinOps Foundation's validator of FOCUS files, beside the office's:
#   sh tests/install_focus_validator.sh [VENV]      VENV is .venv unless named
# Its release asks for Python 3.12 because of one line, which is written here as 3.11 reads it too.
set -eu
cd "$(dirname "$0")/.."
venv=${1:-${APPORTION_VENV:-.venv}}
home=$venv/focus-validator
[ -x "$home/bin/python" ] && exit 0
draft=$home.draft
rm -rf "$draft" "$home"
python3 -m venv "$draft"
pip="$draft/bin/python -m pip --disable-pip-version-check"
$pip install -q --require-hashes -r requirements/focus.lock
$pip download -q --no-deps --no-binary :all: --ignore-requires-python -d "$draft/source" focus-validator==2.2.1
tar -xzf "$draft"/source/focus_validator-*.tar.gz -C "$draft/source"
packages=$(echo "$draft"/lib/python3*/site-packages)
cp -R "$draft"/source/focus_validator-*/focus_validator "$packages"
rm -r "$draft/source"
"$draft/bin/python" - "$packages" <<'PYTHON'
import pathlib
import sys

file = pathlib.Path(sys.argv[1]) / "focus_validator/config_objects/focus_to_duckdb_converter.py"
text = file.read_text(encoding="utf-8")
line = """f"'{k.replace('\\"', '\\"\\"')}'" for k in ignore_keys"""
if text.count(line) != 1:
    raise SystemExit(f"{file.name} is not the one that was looked at")
line_of_3_11 = """"'" + k.replace('"', '""') + "'" for k in ignore_keys"""
file.write_text(text.replace(line, line_of_3_11), encoding="utf-8")
PYTHON
mv "$draft" "$home"
