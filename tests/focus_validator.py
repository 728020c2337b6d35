"""Runs the FinOps Foundation's validator of FOCUS files, in its environment of its own."""

import re
import subprocess
import sys
from pathlib import Path

HOME = Path(sys.prefix) / "focus-validator"  # made by tests/install_focus_validator.sh
PYTHON = HOME / "bin" / "python"
VERSION = "1.2.0.1"
WE_HAVE = (
    "ACCOUNT_NAMING_SUPPORTED",
    "MULTIPLE_SUB_ACCOUNT_TYPES_SUPPORTED",
    "NEGOTIATED_PRICING_SUPPORTED",
    "PUBLIC_PRICE_LIST_SUPPORTED",
    "USAGE_MEASUREMENT_SUPPORTED",
    "UNIT_PRICING_SUPPORTED",
    "SUB_ACCOUNT_SUPPORTED",
    "BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED",
    "RESOURCE_TYPE_ASSIGNMENT_SUPPORTED",
    "PRICING_BILLING_CURRENCY_DIFFERENCES_SUPPORTED",
    "VIRTUAL_CURRENCY_SUPPORTED",
    "REGION_SUPPORTED",
    "TAGGING_SUPPORTED",
)
LEAST_PASSED = 270  # rules of FOCUS 1.2 that the validator can judge, and does


def is_here():
    """Says whether the environment was made."""
    return PYTHON.is_file()


def failing_rules(file):
    """Gives the rules that a file breaks; the validator looks for its own files where it stands."""
    (packages,) = HOME.glob("lib/python3*/site-packages")
    command = [
        str(PYTHON), "-m", "focus_validator.main", "--data-file", str(file),
        "--validate-version", VERSION, "--block-download", "--focus-dataset", "CostAndUsage",
        "--applicability-criteria", ",".join(WE_HAVE),
    ]  # fmt: skip
    told = subprocess.run(command, cwd=packages, capture_output=True, text=True, check=False).stdout
    passed = re.search(r"Pass: (\d+)", told)
    assert passed, told[-2000:]
    assert int(passed[1]) >= LEAST_PASSED, told[:200]
    return set(re.findall(r"^❌ (\S+?): FAIL", told, re.MULTILINE))
