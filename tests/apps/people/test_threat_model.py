"""Each attack that the threat model names has the test that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_test_that_the_threat_model_names_is_there():
    text = (ROOT / "THREAT_MODEL.md").read_text()
    missing, file = [], Path()
    for folder, name, test in re.findall(r"`([\w/]*/)?(test_\w+\.py)?(?:::(test_\w+))?`", text):
        if name:
            file = ROOT / (folder or "tests/apps/people") / name
        if name and not file.is_file():
            missing.append(str(file))
        elif test and f"def {test}(" not in file.read_text():
            missing.append(f"{file.name}::{test}")
    assert missing == []
    assert text.count("::test_") > 20
