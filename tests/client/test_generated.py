"""What the client knows of the office is what the office offers: each verb, and each call with types."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.rounds.actions import set_rate
from apportion.office.api.gather import LOCAL, all_calls
from apportion_client import Office, Patience, Problem
from apportion_client.verbs import table_of_verbs
from tests.apps.formats.conftest import job, pay
from tests.apps.small_lab import GPU, HOUR, NOW

CLIENT = Path(__file__).resolve().parents[2] / "client"


def test_the_table_of_verbs_and_the_typed_calls_are_current():
    """Where the generator is not here, the mark of what they were made of is compared."""
    command = [sys.executable, str(CLIENT / "generate.py"), "--check"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, f"{told.stdout}{told.stderr}\nrun: python client/generate.py"


def test_every_call_with_a_command_is_a_verb_and_the_rest_of_the_verbs_say_why_not():
    held = table_of_verbs()
    assert set(held["verbs"]) == {verb for call in all_calls() for verb in call.commands}
    assert held["local"] == LOCAL
    assert not set(held["verbs"]) & set(LOCAL)


def test_every_field_that_a_call_needs_can_be_said():
    """Nothing is required that no flag, place or constant fills."""
    unsaid = [
        (verb, field["name"])
        for verb, told in table_of_verbs()["verbs"].items()
        for call in told["calls"]
        for field in call["fields"]
        if not field.get("flag") and field["kind"] != "constant"
    ]
    assert unsaid == []


def test_every_typed_call_can_be_loaded():
    names = sorted((CLIENT / "src/apportion_client/generated/api").glob("*/*.py"))
    calls = [path for path in names if path.stem != "__init__"]
    for path in calls:
        module = import_module(f"apportion_client.generated.api.{path.parent.name}.{path.stem}")
        assert callable(module.sync)
    assert len(calls) == len(all_calls())


def test_a_program_reads_with_types_and_a_notebook_shows_tables(office_of, lab):
    from apportion_client.generated.api.rounds import get_rounds, get_rounds_requests

    office = office_of("eve")
    page = get_rounds.sync(client=office.typed)
    assert [one["slug"] for one in page["items"]] == ["spring"]
    asked = get_rounds_requests.sync("spring", client=office.typed, limit=1)
    assert asked["next_cursor"]
    table = office.table("/rounds/spring/requests")
    assert [row["project"] for row in table] == ["looking-inside", "long-memory"]
    assert "<table>" in table._repr_html_()
    assert table.column("state") == ["submitted", "submitted"]
    balances = office.balances()
    assert list(balances.columns) or balances == []
    assert office.charges() == []
    with pytest.raises(Problem):  # no listing takes no limit
        list(office.rows("/rounds/spring"))


def test_a_table_becomes_a_data_frame_where_pandas_is(office_of, lab):
    pandas = pytest.importorskip("pandas")
    frame = office_of("eve").table("/rounds/spring/requests").frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["project"]) == ["looking-inside", "long-memory"]


def test_balances_and_charges_become_data_frames_that_add_up(office_of, lab, tmp_path):
    """The example of docs/client.md."""
    pandas = pytest.importorskip("pandas")
    set_rate(resource=GPU, microcredits_per_unit=2_000_000, starts_at=NOW)
    project = lab["request"].project.slug
    pay(project, 30)
    rows = tmp_path / "usage.txt"
    rows.write_text("".join(job(n, hours=n, account=project) for n in (1, 2)))
    source = read_source(str(rows), layout=Layout(format=Format.SACCT))
    import_usage(sources=[source], by=lab["ops"], now=NOW)
    office = office_of("ops")
    balances, charges = office.balances().frame(), office.charges(project).frame()
    assert isinstance(balances, pandas.DataFrame)
    (left,) = balances.loc[balances["project"] == project, "left"]
    assert charges["unit_seconds"].sum() == 3 * 8 * HOUR
    assert left == 30 * HOUR - charges["unit_seconds"].sum()
    assert len(charges.groupby("user")) == 1


def test_a_listing_longer_than_a_page_comes_whole(office_of, lab, monkeypatch):
    monkeypatch.setattr("apportion_client.office.PAGE", 1)
    assert len(office_of("eve").table("/rounds/spring/requests")) == 2


def test_the_same_act_sent_twice_is_done_once(live_server, token_of, lab):
    with Office(live_server.url, token_of("ann"), patience=Patience(tries=1)) as office:
        same = {"Idempotency-Key": "once"}
        path = f"/requests/{lab['request'].ref}/withdraw"
        first = office.call("POST", path, headers=same)
        assert office.call("POST", path, headers=same) == first
    assert json.dumps(first)
