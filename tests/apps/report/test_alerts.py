"""Alerts and forecasts in the office: told once, seen by those who work on the project."""

import json
from datetime import timedelta

import pytest

from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.report.alert_actions import acknowledge_alert, raise_alerts
from apportion.apps.report.models import Alert
from apportion.apps.rounds.queries import Round
from apportion.core.ledger import Kind
from apportion.core.refusals import Refused
from tests.apps.enforce.books import give
from tests.apps.pages import QUERIES_A_PAGE, read
from tests.apps.small_lab import DATES, HOUR, file_request, open_spring, people

pytestmark = pytest.mark.django_db(transaction=True)
START = DATES.credits_start_at


@pytest.fixture
def lab():
    who = people()
    spring = open_spring(who["ops"])
    file_request(spring, who["ann"], "depth")
    Round.objects.filter(pk=spring.pk).update(state=Round.State.DECIDED)
    give("spring", 1, Kind.ISSUED, Kind.POOL, 500 * HOUR)
    give("depth", 2, Kind.POOL, Kind.PROJECT, 100 * HOUR)
    return who


def sacct(day, hours, *, state="COMPLETED", name="sweep-s1"):
    start = START + timedelta(days=day)
    end = start + timedelta(hours=hours)
    at, to = int(start.timestamp()), int(end.timestamp())
    tres = "cpu=1,gres/gpu:h100=1"
    return f"{day}|c|depth|ann|p|q|{state}|{at}|{at}|{at}|{to}|{to - at}|60|{tres}|{tres}|1|1|0:0|{name}"


def use(who, tmp_path, rows, now):
    path = tmp_path / f"{now.timestamp()}.txt"
    path.write_text("\n".join(rows) + "\n")
    source = read_source(str(path), layout=Layout(format=Format.SACCT))
    import_usage(sources=[source], by=who["ops"], now=now)


def kinds():
    return sorted(Alert.objects.filter(cleared_at=None).values_list("kind", flat=True))


def after(days):
    return START + timedelta(days=days)


def test_each_threshold_is_raised_once_and_not_again_after_a_restart(lab, tmp_path):
    assert raise_alerts(now=START) == 0
    use(lab, tmp_path, [sacct(0, 23), sacct(1, 23), sacct(2, 8)], after(4))
    assert raise_alerts(now=after(4)) == 1
    assert raise_alerts(now=after(4)) == 0
    use(lab, tmp_path, [sacct(4, 23), sacct(5, 5)], after(7))
    assert raise_alerts(now=after(7)) == 1
    assert kinds() == ["50", "80"]


def test_a_supplement_arms_the_alerts_again(lab, tmp_path):
    use(lab, tmp_path, [sacct(day, 20) for day in range(4)], after(5))
    raise_alerts(now=after(5))
    assert kinds() == ["80"]
    give("depth", 3, Kind.POOL, Kind.PROJECT, 100 * HOUR, at=after(5))
    assert raise_alerts(now=after(6)) == 0
    assert kinds() == []
    use(lab, tmp_path, [sacct(6, 22)], after(8))
    assert raise_alerts(now=after(8)) == 1
    assert kinds() == ["50"]


def test_a_project_that_will_run_dry_is_told_while_most_is_left(lab, tmp_path):
    use(lab, tmp_path, [sacct(day, 2) for day in range(20)], after(20))
    raise_alerts(now=after(20))
    assert kinds() == ["forecast"]


def test_only_who_works_on_a_project_acknowledges_its_alert(lab, tmp_path):
    use(lab, tmp_path, [sacct(day, 20) for day in range(3)], after(4))
    raise_alerts(now=after(4))
    alert = Alert.objects.get()
    for other in ("bob", "ops"):
        with pytest.raises(Refused):
            acknowledge_alert(pk=alert.pk, by=lab[other], now=after(4))
    row = acknowledge_alert(pk=alert.pk, by=lab["ann"], now=after(5))
    again = acknowledge_alert(pk=alert.pk, by=lab["ann"], now=after(6))
    assert (row.acknowledged_by, again.acknowledged_at) == ("ann", after(5))
    with pytest.raises(Refused):
        acknowledge_alert(pk=alert.pk + 1, by=lab["ann"], now=after(5))


def test_the_project_page_tells_the_alert_the_date_the_ways_and_what_was_wasted(
    lab, tmp_path, client, settings, django_assert_max_num_queries
):
    settings.APPORTION_CLOCK = lambda: after(21)
    rows = [sacct(day, 2, name=f"main-{day}") for day in range(21)]
    rows[3] = sacct(3, 9, state="FAILED", name="main-3")
    use(lab, tmp_path, rows, after(21))
    raise_alerts(now=after(21))
    client.force_login(lab["ann"])
    with django_assert_max_num_queries(QUERIES_A_PAGE + 6):  # with its members and alerts
        words = read(client.get("/projects/depth/"))
    for part in (
        "This likely runs dry on",
        "Three ways to last until",
        "Ask for a supplement of",
        "End failures and time-outs, 18% of the use",
        "Failed",
        "likely to run dry before they end",
    ):
        assert part in words
    page = client.get("/alerts/").content.decode()
    assert "1 alert on your projects waits for you" in page
    client.post(f"/alerts/{Alert.objects.get().pk}/acknowledge/")
    assert "No alert waits for you" in client.get("/alerts/").content.decode()


def test_the_tables_of_the_page_are_files_too(lab, tmp_path, client, settings):
    settings.APPORTION_CLOCK = lambda: after(21)
    use(lab, tmp_path, [sacct(day, 2, name="=1+1") for day in range(21)], after(21))
    client.force_login(lab["ann"])
    jobs = client.get("/projects/depth/jobs.json").json()["jobs"]
    assert (len(jobs), jobs[0]["unit_seconds"]) == (21, 2 * HOUR)
    csv = client.get("/projects/depth/jobs.csv").content.decode().splitlines()
    assert len(csv) == 22
    assert "'=1+1" in csv[1]
    ahead = client.get("/projects/depth/ahead.json").json()
    assert ahead["enough"]
    assert ahead["runs_dry"]["likely"]
    assert (
        len(ahead["days"]) == len(client.get("/projects/depth/ahead.csv").content.splitlines()) - 1
    )
    json.dumps(ahead, allow_nan=False)
    assert client.get("/projects/depth/jobs.exe").status_code == 404


def test_too_few_days_say_so(lab, tmp_path, client, settings):
    settings.APPORTION_CLOCK = lambda: after(5)
    use(lab, tmp_path, [sacct(day, 2) for day in range(5)], after(5))
    client.force_login(lab["ann"])
    words = read(client.get("/projects/depth/"))
    assert "5 days of use are too few to foretell; 14 are needed" in words
