"""A ColdFront installation is taken over from its dump: once, with what cannot be used listed."""

import json

import pytest

from apportion.adapters.coldfront import parse
from apportion.adapters.coldfront.parse import parse_dump
from apportion.apps.apply.membership import workers_of
from apportion.apps.formats.actions import plan_coldfront, take_over_coldfront
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import balance_of
from apportion.apps.people.models import Person
from apportion.core.faults import BadInput
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Refused
from apportion.office.cli import run
from tests.apps.small_lab import GPU, HOUR, NOW

HOURS = "Core Usage (Hours)"


def row(model, number, **fields):
    return {"model": model, "pk": number, "fields": fields}


def choices(model, *names):
    return [row(model, number, name=name) for number, name in enumerate(names, start=1)]


def user(number, username, *, active=True):
    name = username.title()
    return row(
        "auth.user", number, username=username, first_name=name, last_name="X", is_active=active
    )


def dump(*more):
    """Writes what `coldfront dumpdata` of ColdFront 1.1 writes for a small installation."""
    return [
        *choices("project.projectstatuschoice", "New", "Active", "Archived"),
        *choices("project.projectuserstatuschoice", "Active", "Removed"),
        *choices("allocation.allocationstatuschoice", "Active", "Expired"),
        *choices("allocation.allocationuserstatuschoice", "Active", "Removed"),
        *choices("allocation.allocationattributetype", HOURS, "slurm_account_name"),
        *choices("resource.resource", "University HPC"),
        user(1, "cgray"),
        user(2, "sfoster"),
        user(3, "gone", active=False),
        row("project.project", 1, title="Holography", pi=1, status=2),
        row("project.project", 2, title="Quantum Hall", pi=2, status=1),
        row("project.project", 3, title="Old", pi=1, status=3),
        row("project.projectuser", 1, user=2, project=1, status=1),
        row("project.projectuser", 2, user=3, project=1, status=2),
        row("allocation.allocation", 1, project=1, status=1, end_date="2027-01-01", resources=[1]),
        row("allocation.allocation", 2, project=1, status=2, end_date=None, resources=[1]),
        row("allocation.allocationattribute", 1, allocation=1, allocation_attribute_type=1, value="150"),
        row("allocation.allocationattribute", 2, allocation=1, allocation_attribute_type=2, value="gray-lab"),
        row("allocation.allocationuser", 1, allocation=1, user=2, status=1),
        row("auth.permission", 1, codename="x"),
        *more,
    ]  # fmt: skip


def read(entries):
    return parse_dump(json.dumps(entries).encode(), file="dump.json")


def take(entries, by, credit=None):
    found = read(entries)
    taken, faults = plan_coldfront(found, credit=credit or {HOURS: GPU}, file="dump.json")
    made = take_over_coldfront(dump=found, taken=taken, area="foundations", by=by, now=NOW)
    return made, (*found.faults, *faults)


def test_projects_keep_their_people_their_account_and_their_hours(spring, folk):
    made, faults = take(dump(), folk["ops"])
    assert (made, faults) == (2, ())
    assert workers_of() == {"gray-lab": ("cgray", "sfoster"), "cf-2": ("sfoster",)}
    assert balance_of(Key(Kind.PROJECT, "gray-lab", GPU)) == 150 * HOUR
    assert audit_books().differences == ()
    person = Person.objects.get(username="cgray")
    assert person.name == "Cgray X"
    assert not person.has_usable_password()


def test_taking_over_again_changes_nothing(spring, folk):
    take(dump(), folk["ops"])
    people = Person.objects.count()
    assert take(dump(), folk["ops"])[0] == 0
    assert Person.objects.count() == people
    assert balance_of(Key(Kind.PROJECT, "gray-lab", GPU)) == 150 * HOUR


def test_rows_that_cannot_be_used_are_listed_and_stop_no_other(spring, folk):
    bad = [
        "no row",
        {"model": "auth.user", "pk": "one", "fields": {}},
        user(1, "twice"),
        user(7, "not a name!"),
        row("project.project", 8, title="Nobody's", pi=99, status=2),
        row("project.projectuser", 9, user=99, project=1, status=1),
        row("allocation.allocation", 10, project=99, status=1, resources=[1]),
        row("allocation.allocationattribute", 11, allocation=1, allocation_attribute_type=99, value="1"),
        row("allocation.allocation", 12, project=2, status=1, resources=[1]),
        row("allocation.allocationattribute", 13, allocation=12, allocation_attribute_type=1, value="-5"),
    ]  # fmt: skip
    made, faults = take(dump(*bad), folk["ops"])
    assert made == 2
    assert len(faults) == 9
    assert {fault.file for fault in faults} == {"dump.json"}
    assert any("allocation 12" in str(fault) and "negative" in str(fault) for fault in faults)


def test_a_dry_run_says_all_and_writes_nothing(spring, folk, tmp_path, capsys):
    file = tmp_path / "dump.json"
    file.write_text(json.dumps(dump()))
    words = ["coldfront", "import", str(file), "--as", "ops", "--area", "foundations"]
    assert run([*words, "--credit", f"{HOURS}={GPU}", "--dry-run"]) == 0
    told = capsys.readouterr()
    assert "gray-lab: new; Holography; cgray, sfoster" in told.out
    assert "1 archived projects are left out" in told.err
    assert workers_of() == {}
    assert run([*words, "--credit", f"{HOURS}={GPU}"]) == 0
    assert len(workers_of()) == 2


@pytest.mark.parametrize("text", [b"", b"{}", b"[", b"\xff", b"[" * 100_000, b"null"])
def test_what_is_no_dump_is_refused(text):
    with pytest.raises(BadInput, match="coldfront dumpdata"):
        parse_dump(text, file="dump.json")


def test_a_dump_that_is_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(parse, "MOST_BYTES", 10)
    with pytest.raises(BadInput, match="more than 10"):
        parse_dump(b"[" + b" " * 20 + b"]", file="dump.json")
    monkeypatch.setattr(parse, "MOST_ROWS", 3)
    monkeypatch.setattr(parse, "MOST_BYTES", 1000)
    with pytest.raises(BadInput, match="4 rows"):
        parse_dump(b"[1,2,3,4]", file="dump.json")


def test_nobody_but_an_operator_takes_over_and_resources_must_exist(spring, folk):
    with pytest.raises(Refused):
        take(dump(), folk["ann"])
    with pytest.raises(BadInput, match="no resource 'tpu'"):
        take(dump(), folk["ops"], credit={HOURS: "tpu"})
    assert workers_of() == {}
