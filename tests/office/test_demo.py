"""The sample lab shows the whole product: what waits, what was appealed, lent, paid back and changed."""

from datetime import UTC, datetime
from random import Random

import pytest

from apportion.apps.appeal.queries import list_appeals, sitting
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.change.queries import list_changes
from apportion.apps.directive.queries import find_directive
from apportion.apps.evidence.queries import list_experiments
from apportion.apps.inbox.queries import inbox_of
from apportion.apps.ledger.audit import audit_books
from apportion.apps.people.queries import find_person
from apportion.office.commands import DEMO_SEED
from apportion.office.demo.seed import is_seeded, seed_lab
from apportion.office.demo.story import CODE_RED

NOW = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
WAITING = {
    "asha": {"draft", "alert"},
    "hana": {"review"},
    "mara": {"decide", "change", "appeal", "winddown", "check"},
    "olga": {"appeal"},
    "rosa": {"appeal"},
}


@pytest.mark.slow
def test_the_sample_lab_has_something_of_everything_and_its_books_balance(db):
    assert not is_seeded()
    told = seed_lab(now=NOW, rng=Random(DEMO_SEED))
    assert told.startswith("9 rounds, 36 projects, ")
    for name, kinds in WAITING.items():
        found = {one.kind for one in inbox_of(find_person(name), now=NOW)}
        assert kinds <= found, name
    waits, upheld = list_appeals()
    assert (waits.state, upheld.state) == ("filed", "upheld")
    assert [len(sitting(one)) for one in (waits, upheld)] == [1, 2]
    assert find_directive(CODE_RED).state == "paid_back"
    assert {(one.what, one.state) for one in list_changes()} == {
        ("extension", "asked"),
        ("supplement", "granted"),
    }
    assert len(list_experiments(projects_by_slug()["replay-free"].slug)) == 1
    assert not audit_books().differences
