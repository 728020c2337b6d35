"""Caps of members: the lead says how much each may use, and every door holds it."""

from datetime import timedelta

import pytest

from apportion.apps.apply.actions import add_member
from apportion.apps.apply.queries import works_on
from apportion.apps.enforce.queries import gather_desired
from apportion.apps.ledger.models import Record
from apportion.apps.members.actions import LARGEST, bring_in, let_go, set_cap
from apportion.apps.members.models import Cap
from apportion.apps.members.queries import caps_in_force
from apportion.apps.meter.admission import admit_job, weigh_job
from apportion.apps.meter.collecting import sync_usage
from apportion.apps.people.acts import acts_about
from apportion.apps.people.models import Person
from apportion.apps.report.members import member_rows
from apportion.core.meter.admission import Ask
from apportion.core.refusals import Code, Refused
from apportion.core.windows import from_epoch
from apportion.office.cli import run
from tests.apps.meter.conftest import START, alpha  # noqa: F401  a fixture
from tests.apps.meter.said import Job, Scheduler
from tests.apps.pages import read, visit
from tests.apps.small_lab import GPU, HOUR, NOW

DAY = timedelta(days=1)


@pytest.fixture
def team(alpha, folk):  # noqa: F811  the fixture above
    """Alpha, led by ann, with bob in it; 20 GPU-hours."""
    add_member(project=alpha, person=folk["bob"])
    return alpha


def cap(project, person, amount, by, *, ends_at=None, now=NOW, resource=GPU):
    return set_cap(
        project=project,
        person=person,
        resource=resource,
        amount=amount,
        ends_at=ends_at,
        by=by,
        now=now,
    )


def ask(user, hours=8, account="alpha"):
    return Ask(account=account, units={GPU: 4}, seconds=hours * HOUR // 4, user=user)


def refused(**given):
    with pytest.raises(Refused) as error:
        cap(**given)
    return error.value.refusals


def test_a_cap_is_kept_sealed_and_stands_in_the_trail_with_who_set_it(team, folk):
    row = cap(team, folk["bob"], 5 * HOUR, folk["ann"])
    assert (row.amount, row.set_by) == (5 * HOUR, folk["ann"])
    assert Record.objects.filter(kind="cap").count() == 1
    act = acts_about(folk["bob"])[0]
    assert (act.by, act.verb, act.words) == (
        folk["ann"],
        "project.members",
        f"alpha: at most {5 * HOUR} of {GPU}",
    )
    assert caps_in_force(now=NOW) == {"alpha": {"bob": {GPU: 5 * HOUR}}}


def test_the_same_word_again_is_found_and_another_one_stands_beside_it(team, folk):
    first = cap(team, folk["bob"], 5, folk["ann"])
    assert cap(team, folk["bob"], 5, folk["ann"]).pk == first.pk
    cap(team, folk["bob"], None, folk["ann"])
    assert Cap.objects.count() == 2
    assert caps_in_force(now=NOW) == {"alpha": {"bob": {GPU: None}}}


def test_a_cap_with_an_end_holds_until_that_instant(team, folk):
    cap(team, folk["bob"], 5, folk["ann"], ends_at=NOW + DAY)
    assert caps_in_force(now=NOW + DAY - timedelta(seconds=1))["alpha"]["bob"] == {GPU: 5}
    assert caps_in_force(now=NOW + DAY)["alpha"]["bob"] == {GPU: None}


@pytest.mark.parametrize("who", ["bob", "eve", "aud", "rev"])
def test_nobody_but_the_lead_or_an_operator_caps(team, folk, who):
    (refusal,) = refused(project=team, person=folk["bob"], amount=5, by=folk[who])
    assert refusal.code is Code.NOT_ALLOWED
    assert cap(team, folk["bob"], 5, folk["ops"]).amount == 5


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount": -1}, Code.OUT_OF_RANGE),
        ({"amount": LARGEST + 1}, Code.OUT_OF_RANGE),
        ({"ends_at": NOW}, Code.OUT_OF_RANGE),
        ({"resource": "gpu:none"}, Code.NOT_FOUND),
        ({"person": "eve"}, Code.NOT_FOUND),
    ],
)
def test_a_cap_that_makes_no_sense_is_refused_and_nothing_is_kept(team, folk, given, code):
    whom = folk[given.pop("person", "bob")]
    told = refused(**{"project": team, "person": whom, "amount": 5, "by": folk["ann"]} | given)
    assert [one.code for one in told] == [code]
    assert not Cap.objects.exists()


def test_somebody_who_left_is_not_capped_but_their_cap_can_be_lifted(team, folk):
    cap(team, folk["bob"], 5, folk["ann"])
    Person.objects.filter(username="bob").update(is_active=False)
    folk["bob"].refresh_from_db()
    assert [one.code for one in refused(
        project=team, person=folk["bob"], amount=6, by=folk["ann"]
    )] == [Code.OUT_OF_RANGE]  # fmt: skip
    assert cap(team, folk["bob"], None, folk["ann"]).amount is None


def test_members_come_and_go_by_the_lead_and_the_lead_stays(team, folk):
    with pytest.raises(Refused):
        bring_in(project=team, person=folk["rev"], by=folk["bob"], now=NOW)
    bring_in(project=team, person=folk["rev"], by=folk["ann"], now=NOW)
    assert works_on(folk["rev"], team)
    let_go(project=team, person=folk["rev"], by=folk["ann"], now=NOW)
    assert not works_on(folk["rev"], team)
    for person in (folk["rev"], folk["ann"]):
        with pytest.raises(Refused):
            let_go(project=team, person=person, by=folk["ann"], now=NOW)


def test_a_job_beyond_the_cap_is_refused_by_name_though_the_project_could_pay(team, folk):
    cap(team, folk["bob"], 5 * HOUR, folk["ann"])
    with pytest.raises(Refused) as error:
        weigh_job(ask("bob"), now=NOW)
    (refusal,) = error.value.refusals
    assert refusal.code is Code.NOT_ENOUGH
    assert refusal.subject == f"cap of bob in project alpha, {GPU}"
    assert refusal.numbers["missing_seconds"] == 3 * HOUR
    with pytest.raises(Refused):
        admit_job(ask("bob"), cluster="c1", ticket="a" * 32, now=NOW)
    for one in (ask("ann"), ask(""), ask("bob", hours=4)):
        weigh_job(one, now=NOW)
    cap(team, folk["bob"], None, folk["ann"])
    weigh_job(ask("bob"), now=NOW)


def test_what_a_member_used_comes_off_the_cap_whoever_else_used_some(team, folk, tmp_path):
    scheduler = Scheduler(tmp_path, now=START + 5 * HOUR)
    scheduler.jobs = [Job(7, gpus=4, user="bob"), Job(8, gpus=4, user="ann")]
    sync_usage(accounting=scheduler, by=folk["ops"], now=scheduler.clock)
    now = from_epoch(START + 6 * HOUR)
    cap(team, folk["bob"], 10 * HOUR, folk["ann"], now=now)
    weigh_job(ask("bob", hours=6), now=now)
    with pytest.raises(Refused) as error:
        weigh_job(ask("bob", hours=7), now=now)
    assert error.value.refusals[0].numbers["available_seconds"] == 6 * HOUR
    rows = {row.username: row for row in member_rows(team, resource=GPU, now=now)}
    assert (rows["bob"].used, rows["bob"].left) == (4 * HOUR, 6 * HOUR)
    cap(team, folk["bob"], 3 * HOUR, folk["ann"], now=now)  # below what was used: nothing more
    with pytest.raises(Refused):
        weigh_job(ask("bob", hours=4), now=now)


def test_caps_go_to_the_scheduler_in_whole_minutes_and_an_ended_one_is_lifted(team, folk):
    cap(team, folk["bob"], 5 * HOUR + 59, folk["ann"], ends_at=NOW + DAY)
    later = from_epoch(START)
    (limit,) = gather_desired(now=later)
    assert limit.caps == {"bob": {GPU: None}}
    cap(team, folk["bob"], 5 * HOUR + 59, folk["ann"], now=later)
    (limit,) = gather_desired(now=later)
    assert limit.caps == {"bob": {GPU: 300}}


def test_a_shell_caps_lists_and_asks(team, folk, tmp_path, capsys, monkeypatch):
    script = tmp_path / "job.sh"
    script.write_text("#!/bin/bash\n#SBATCH -A alpha --gres=gpu:h100:4 -t 2:00:00\n")
    base = ["project", "member"]
    assert run([*base, "cap", "alpha", "bob", "5.5", "--as", "ann"]) == 0
    assert "Bob may use 5.5 hours of gpu:h100." in capsys.readouterr().out
    assert run(["can-run", str(script), "--user", "bob"]) == 6
    assert "cap of bob" in capsys.readouterr().err
    monkeypatch.setenv("USER", "bob")
    assert run(["can-run", str(script)]) == 6
    monkeypatch.setenv("USER", "ann")
    assert run(["can-run", str(script)]) == 0
    capsys.readouterr()
    assert run(["project", "members", "alpha", "--csv"]) == 0
    assert f"bob,Bob,member,{GPU},0,5.5,5.5,,Ann" in capsys.readouterr().out
    assert run([*base, "cap", "alpha", "bob", "0", "--until", "2100-01-01", "--as", "ann"]) == 0
    assert "nothing more starts" in capsys.readouterr().out
    assert run([*base, "cap", "alpha", "bob", "none", "--as", "ann"]) == 0
    assert run([*base, "cap", "alpha", "bob", "5", "--as", "bob"]) == 4
    assert run([*base, "cap", "alpha", "nobody", "5", "--as", "ann"]) == 3
    assert run([*base, "cap", "alpha", "eve", "5", "--as", "ann"]) == 3
    assert run([*base, "cap", "alpha", "bob", "1e99", "--as", "ann"]) == 2
    assert run([*base, "cap", "alpha", "bob", "-5", "--as", "ann"]) == 2
    assert run([*base, "add", "alpha", "rev", "--as", "ann"]) == 0
    assert run([*base, "remove", "alpha", "rev", "--as", "ann"]) == 0


def test_the_page_lets_the_lead_cap_and_others_look(client, team, folk):
    page = "/projects/alpha/members/"
    assert "Nobody is capped on Alpha" in read(visit(client, folk["ann"], page))
    posted = {"username": "bob", "resource": GPU, "amount": "30", "until": ""}
    assert visit(client, folk["ann"], f"{page}cap/", **posted).status_code == 302
    text = read(visit(client, folk["ann"], page))
    assert "1 of 2 who use Alpha is capped" in text
    assert "whoever comes first uses it" in text  # 30 hours of caps on 20
    assert "Set the cap" in text
    assert "Set the cap" not in read(visit(client, folk["bob"], page))
    assert visit(client, folk["bob"], f"{page}cap/", **posted).status_code == 403
    assert visit(client, folk["eve"], f"{page}cap/", **posted).status_code == 403
    assert (
        visit(client, folk["ann"], f"{page}cap/", **(posted | {"amount": "x"})).status_code == 422
    )
    assert visit(client, folk["ann"], f"{page}add/", username="rev").status_code == 302
    assert visit(client, folk["ann"], f"{page}add/", username="who").status_code == 422
    assert visit(client, folk["ann"], f"{page}remove/", username="rev").status_code == 302
    visit(client, folk["ann"], f"{page}cap/", **(posted | {"amount": ""}))
    assert "Nobody is capped" in read(visit(client, folk["ann"], page))
    assert "Members and caps" in read(visit(client, folk["bob"], "/projects/alpha/"))
    table = visit(client, folk["bob"], f"{page}members.csv").content.decode()
    assert table.startswith("username,name,role,resource,used,cap")
