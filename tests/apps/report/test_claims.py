"""Claims, the public record and the equity monitor in an office: sums, gates, files, few queries."""

import csv
import io
import json
from datetime import timedelta

import pytest

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.decide.models import Slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.models import Charge
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.report.equity import look_at_equity
from apportion.apps.rounds.queries import find_round
from apportion.core.verify import verify_document
from apportion.core.verify.notes import parse_key
from apportion.core.verify.trust import Trust
from apportion.office.cli import run
from tests.apps.meter.test_actions import job
from tests.apps.pages import QUERIES_A_PAGE, heading, read, visit
from tests.apps.small_lab import DATES, HOUR, NOW, file_request

START, END = DATES.credits_start_at, DATES.credits_end_at
TODAY = START + timedelta(days=1)
CLAIM = """schema = "apportion.claim/1"
statement = "Research is over half of the compute."
resource = "gpu"
period = "2026-04"
comparison = "over 0.5"
[counts]
name = "Foundations"
areas = ["foundations"]
[[alternatives]]
name = "Assistant"
areas = ["assistant"]
"""
FORM = "counts=foundations&resource=gpu&period=2026-04&measure=delivered&comparison=over&limit=0.5"


@pytest.fixture
def lab(folk, spring, tmp_path, settings):
    """Alpha of Foundations ran 24 GPU-hours, beta of Assistant 8, nobody known 8."""
    settings.APPORTION_CLOCK = lambda: TODAY
    for slug, area, score in (("alpha", "foundations", 9), ("beta", "assistant", 7)):
        file_request(spring, folk["ann"], slug, area=area, score=score, reviewer=folk["rev"])
    file_request(spring, folk["bob"], "gamma", area="foundations", score=1, reviewer=folk["rev"])
    slate = propose_slate(row=spring, by=folk["eve"], now=NOW)
    adopt_slate(slate=slate, by=folk["eve"], now=NOW)
    grant_round(row=find_round("spring"), by=folk["eve"], now=NOW)
    first = int(START.timestamp())
    rows = (
        job(1, start=first + HOUR, hours=3),
        job(2, start=first + HOUR, hours=1, account="beta"),
        job(3, start=first + HOUR, hours=1, account="stranger"),
    )
    file = tmp_path / "jobs.sacct"
    file.write_text("".join(rows))
    source = read_source(str(file), layout=Layout(format=Format.SACCT))
    import_usage(sources=[source], by=folk["ops"], now=TODAY)
    (tmp_path / "claim.toml").write_text(CLAIM)
    return folk


def told(capsys, *words):
    capsys.readouterr()
    code = run(list(map(str, words)))
    return code, capsys.readouterr().out


def test_a_claim_is_answered_from_the_books_and_anybody_can_check_it(lab, capsys, tmp_path):
    out = tmp_path / "claim.json"
    code, text = told(capsys, "claim", "check", "--claim", tmp_path / "claim.toml", "--out", out)
    assert (code, "It is 75% (between 60% and 80%) of gpu delivered in 2026-04" in text) == (
        0,
        True,
    )
    assert "28800 base units stand in suspense" in text
    verdict = verify_document(out.read_bytes())
    assert verdict.holds, verdict.fault
    for path, value in ((("answer", "holds"), False), (("record", "use", 0, "delivered"), 1)):
        changed = json.loads(out.read_bytes())
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert not verify_document(json.dumps(changed).encode()).holds


def test_a_claim_is_answered_the_same_from_a_record_that_was_taken_away(lab, capsys, tmp_path):
    record = tmp_path / "record.json"
    assert told(capsys, "report", "record", "--out", record)[0] == 0
    words = ("claim", "check", "--claim", tmp_path / "claim.toml", "--json")
    own = told(capsys, *words)
    key = json.loads(record.read_bytes())["signature"]["keys"][0]
    assert told(capsys, *words, "--record", record, "--key", key) == own
    record.write_text(record.read_text().replace('"rejected_rows": 0', '"rejected_rows": 1'))
    assert told(capsys, *words, "--record", record)[0] == 2


def test_a_record_is_signed_for_whoever_trusts_the_office_and_for_nobody_else(lab, client):
    body = visit(client, None, "/record/record.json").content
    keys = json.loads(body)["signature"]["keys"]
    assert verify_document(body, trust=Trust(logs=(parse_key(keys[0]),))).holds
    assert not verify_document(body, trust=Trust(logs=())).holds
    bare = json.loads(body) | {"signature": None}
    assert verify_document(json.dumps(bare).encode()).holds
    assert not verify_document(json.dumps(bare).encode(), trust=Trust(logs=())).holds


def test_the_public_files_name_no_project_and_no_person(lab, client):
    for path in ("record.json", "use.csv", "use.parquet", f"claim.json?{FORM}", f"claim/?{FORM}"):
        body = visit(client, None, f"/record/{path}").content
        for name in (b"alpha", b"beta", b"gamma", b"Ann", b"Bob"):
            assert name not in body, path


def test_use_is_given_as_csv_and_parquet(lab, client):
    rows = list(
        csv.DictReader(io.StringIO(visit(client, None, "/record/use.csv").content.decode()))
    )
    assert {(r["area"], r["delivered"]) for r in rows} == {
        ("foundations", str(24 * HOUR)),
        ("assistant", str(8 * HOUR)),
    }
    body = client.get("/record/use.parquet").content
    assert body[:4] == body[-4:] == b"PAR1"


def test_a_record_that_is_not_what_the_books_hold_is_found_out_and_answers_nothing(
    lab, client, capsys, tmp_path
):
    Charge.objects.filter(account="beta").update(unit_seconds=9 * HOUR)
    verdict = verify_document(visit(client, None, "/record/record.json").content)
    assert not verdict.holds
    assert "the books hold" in verdict.fault
    assert heading(client.get("/record/claim/")) == "Nothing can be tested now."
    assert told(capsys, "claim", "check", "--claim", tmp_path / "claim.toml")[0] == 2


def test_the_page_answers_a_claim_and_says_what_is_missing(lab, client):
    page = visit(client, None, f"/record/claim/?{FORM}")
    assert heading(page).startswith("Yes. It is 75% (between 60% and 80%) of gpu delivered")
    assert "28800 base units stand in suspense" in read(page)
    page = client.get(f"/record/claim/?{FORM.replace('2026-04', '2031-01')}")
    assert heading(page).startswith("Nobody can say: 2031-01 was not metered")
    page = client.get(f"/record/claim/?{FORM.replace('2026-04', 'soon')}")
    assert "Write a year, a quarter or a month" in read(page)
    assert client.get("/record/claim.json?counts=vision").status_code == 422


def test_an_office_that_has_nothing_answers_nothing_and_its_record_holds(db, client):
    assert heading(visit(client, None, "/record/claim/")) == "Test a claim about shares."
    assert verify_document(client.get("/record/record.json").content).holds
    assert client.get("/record/use.parquet").content[:4] == b"PAR1"


def test_small_groups_are_not_told_by_area(lab, client):
    record = json.loads(visit(client, None, "/record/record.json").content)
    assert (record["equity"]["areas"], record["equity"]["withheld"]) == ([], 3)


@pytest.mark.parametrize("document", ["{}", "", "[]", '{"floors": [{}]}', '{"floors": null}'])
def test_a_changed_decision_file_is_named_on_the_record_and_stops_nothing(lab, client, document):
    Slate.objects.filter(adopted_at__isnull=False).update(document=document)
    page = client.get("/record/")
    assert "1 not counted: spring" in read(page)
    record = json.loads(client.get("/record/record.json").content)
    assert (record["floors"], record["floors_unread"]) == ([], ["spring"])


def test_the_pages_take_few_queries(lab, client, django_assert_max_num_queries):
    client.force_login(lab["eve"])
    paths = ("/record/", "/record/record.json", f"/record/claim/?{FORM}", "/equity/")
    for path in paths:
        with django_assert_max_num_queries(QUERIES_A_PAGE):
            assert client.get(path).status_code == 200, path


def test_the_equity_monitor_is_for_the_board_and_auditors(lab, client, capsys):
    assert visit(client, lab["ann"], "/equity/").status_code == 403
    assert visit(client, lab["aud"], "/equity/equity.json").status_code == 200
    assert told(capsys, "report", "equity", "--as", "ann")[0] == 4
    assert told(capsys, "report", "equity", "--as", "aud", "--json")[0] == 0


def test_a_project_whose_credits_ended_without_a_word_is_found(lab, client):
    findings, _ = look_at_equity(now=END + timedelta(days=31))
    assert {(one.concern.value, one.subject) for one in findings} == {
        ("wound down without notice", "alpha"),
        ("wound down without notice", "beta"),
    }
    assert look_at_equity(now=END + timedelta(days=29))[0] == ()
