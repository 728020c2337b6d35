"""Who may touch a table: only the queries and actions of the app that owns it.

One app's models name another's as a foreign key needs them; by class, so that the order is checked.

The order of storeys, apps and modules stands in .importlinter, which `./apportion test` runs.
"""

import ast
from pathlib import Path

APPS = Path(__file__).resolve().parents[2] / "src" / "apportion" / "apps"
MAY_TOUCH_TABLES = {"models", "queries", "actions", "admin", "migrations", "news", "waiting"}
# These are too large for one file of reads and one of actions: they have one for each noun.
NOUNS = {
    "apply": {
        "attaching",
        "counts",
        "drafts",
        "fast_checks",
        "history",
        "membership",
        "owing",
        "standing",
    },
    "appeal": {"chairs", "settling", "steps"},
    "change": {"reports", "steps", "winding"},
    "decide": {
        "history",
        "keeping",
        "letters",
        "outcomes",
        "plans",
        "publishing",
        "seats",
        "signing",
        "standings",
    },
    "evidence": {"consents"},
    "grant": {"extending", "pilots", "topping", "tranches"},
    "ledger": {
        "audit",
        "audit_reads",
        "audit_rows",
        "audit_terms",
        "checkpoints",
        "closing",
        "leaves",
        "loans",
        "movements",
        "periods",
        "proofs",
        "pulse",
        "receipts",
        "role",
        "statements",
        "writer",
        "writer_reads",
        "writer_rows",
    },
    "enforce": {"watching"},
    "meter": {
        "admission",
        "attributing",
        "collecting",
        "daily",
        "exporting",
        "jobs",
        "pace",
        "quick_booking",
        "quick_reading",
        "reconciling",
        "rejects",
        "trimming",
        "truing",
    },
    "notice": {"composing", "gathering", "sending"},
    "people": {
        "account_acts",
        "acts",
        "directory",
        "factors",
        "scim",
        "sign_in_rules",
        "standing_in",
        "ties",
        "tokens",
    },
    "report": {"alert_actions", "alert_queries"},
    "review": {"assigning", "chasing", "conflicts", "panels", "replies"},
}


def imported_modules(path):
    """Lists every module that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def owner_of_tables(module):
    """Names the app whose models a module path leads into, or None."""
    parts = module.split(".")
    if parts[:2] == ["apportion", "apps"] and len(parts) > 3 and parts[3] == "models":
        return parts[2]
    return None


def test_tables_are_imported_only_by_the_queries_and_actions_of_their_own_app():
    strangers = [
        f"{path.relative_to(APPS.parent)} imports the tables of {owner}"
        for path in sorted(APPS.parent.rglob("*.py"))
        for owner in sorted(set(filter(None, map(owner_of_tables, imported_modules(path)))))
        if not is_at_home(path, owner)
    ]
    assert strangers == []


def is_at_home(path, owner):
    if path.name == "models.py" and path.is_relative_to(APPS):
        return True
    if not path.is_relative_to(APPS / owner):
        return False
    inside = path.relative_to(APPS / owner).parts
    return inside[0].removesuffix(".py") in MAY_TOUCH_TABLES | NOUNS.get(owner, set())


def test_tables_of_another_app_are_not_fetched_by_name_either():
    fetched = [
        str(path.relative_to(APPS.parent))
        for path in sorted(APPS.rglob("*.py"))
        if "migrations" not in path.parts and "get_model(" in path.read_text()
    ]
    assert fetched == []
