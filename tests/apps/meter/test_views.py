"""The metering page, and the door at which the scheduler asks."""

import pytest
from django.urls import reverse

from apportion.apps.ledger.queries import balance_of
from apportion.apps.meter.admission import list_holds
from apportion.apps.meter.collecting import sync_usage
from apportion.apps.meter.models import Charge, DayTotal
from apportion.apps.meter.reconciling import reconcile_usage
from apportion.core.ledger import Key, Kind
from apportion.core.windows import from_epoch
from tests.apps.meter.said import START, Job, Scheduler
from tests.apps.pages import HOSTILE, QUERIES_A_PAGE, heading, read, visit
from tests.apps.small_lab import GPU, HOUR

PAGE = "/metering/"
TOKEN = "a-long-word"


@pytest.fixture
def told(alpha, folk, tmp_path, settings):
    scheduler = Scheduler(tmp_path, now=START + 30 * HOUR)
    settings.APPORTION_CLOCK = lambda: scheduler.clock
    scheduler.jobs = [Job(1), Job(2, account="phys-lab"), Job(3, account=HOSTILE.replace("|", ""))]
    asked = {"accounting": scheduler, "by": folk["ops"], "now": scheduler.clock}
    sync_usage(**asked, since=from_epoch(START))
    reconcile_usage(**asked)
    return scheduler


def test_an_office_that_reads_no_cluster_says_how_to_begin(client, folk):
    page = visit(client, folk["ops"], PAGE)
    assert heading(page) == "No cluster's accounting is read yet."
    assert "apportion usage sync" in read(page)


def test_what_waits_is_shown_and_given_to_a_project_on_the_page(client, folk, told):
    page = visit(client, folk["ops"], PAGE)
    assert heading(page) == "All days agree; 16.0 hours wait for a project to pay."
    assert "<script>alert" not in page.content.decode()
    sent = visit(
        client, folk["ops"], reverse("meter:attribute"), account="phys-lab", project="alpha"
    )
    assert sent.status_code == 302
    assert balance_of(Key(Kind.CONSUMED, "alpha", GPU)) == 16 * HOUR
    assert "phys-lab" not in {c.account for c in Charge.objects.filter(project=None)}


def test_a_difference_is_shown_first_and_explained_on_the_page(client, folk, told):
    day = DayTotal.objects.filter(account="alpha").first()
    DayTotal.objects.filter(pk=day.pk).update(scheduler=day.scheduler + 7)
    assert heading(visit(client, folk["aud"], PAGE)).startswith("1 daily total differs")
    assert "Explain" not in read(visit(client, folk["aud"], PAGE))
    form = {"cluster": "c1", "day": day.day.isoformat(), "account": "alpha"}
    path = reverse("meter:explain")
    assert visit(client, folk["ops"], path, **form, reason="").status_code == 422
    assert visit(client, folk["aud"], path, **form, reason="x").status_code == 403
    assert visit(client, folk["ops"], path, **form, reason="a vendor's test").status_code == 302
    assert "a vendor's test" in read(visit(client, folk["ops"], PAGE))


def test_rejected_rows_are_shown_word_for_word_and_replayed_by_an_operator(client, folk, told):
    odd = Job(7, state="COMPLETED|soon").row(now=told.now).strip("\n")
    told.extra = [f"{odd}\n", f"9|c1|{HOSTILE.replace('|', '')}\n"]
    told.now += HOUR
    sync_usage(accounting=told, by=folk["ops"], now=told.clock)
    page = visit(client, folk["aud"], PAGE)
    assert "<script>alert" not in page.content.decode()
    assert odd[:100] in read(page)
    assert "Replay c1" not in read(page)
    assert "Replay c1" in read(visit(client, folk["ops"], PAGE))
    path = reverse("meter:replay")
    assert visit(client, folk["aud"], path, cluster="c1").status_code == 403
    assert visit(client, folk["ops"], path, cluster="c1").status_code == 302
    assert "0 rows are no longer rejected" in read(visit(client, folk["ops"], PAGE))
    rows = visit(client, folk["aud"], "/metering/rejects.json").json()["rejects"]
    assert [row["state"] for row in rows] == ["open", "open"]


def test_the_page_asks_the_database_little_however_many_days(
    client, folk, told, django_assert_max_num_queries
):
    row = DayTotal.objects.first()
    DayTotal.objects.bulk_create(
        DayTotal(
            cluster="c1",
            day=row.day,
            account=f"lab-{at}",
            resource=GPU,
            posted=at,
            scheduler=at,
            checked_at=row.checked_at,
        )
        for at in range(500)
    )
    client.force_login(folk["ops"])
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        assert client.get(PAGE).status_code == 200


def submit(client, **fields):
    form = {"cluster": "c1", "account": "alpha", "minutes": "60", "per_node": "gres:gpu:h100:4"}
    shown = {"authorization": f"Bearer {fields.pop('token', TOKEN)}"}
    return client.post(reverse("meter:ask"), form | fields, headers=shown)


def test_the_scheduler_is_given_a_ticket_for_a_job_that_can_be_paid(client, alpha, settings):
    settings.APPORTION_ADMISSION_TOKEN = TOKEN
    answer = submit(client)
    assert (answer.status_code, len(answer.content)) == (200, 32)
    [hold] = list_holds()
    assert (hold.amount, hold.job) == (4 * HOUR, f"ticket:{answer.content.decode()}")
    short = submit(client, minutes="600")
    assert short.status_code == 409
    assert "missing_seconds" in short.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"account": "nobody"}, "no"),
        ({"minutes": ""}, "time limit"),
        ({"per_node": "gres:gpu:h100:many"}, "not a count"),
        ({"array": "9-1,x"}, "array"),
        ({"account": "alpha'; drop table"}, "account"),
    ],
)
def test_what_the_scheduler_asks_in_error_is_answered_with_the_reason(
    client, alpha, settings, fields, words
):
    settings.APPORTION_ADMISSION_TOKEN = TOKEN
    answer = submit(client, **fields)
    assert answer.status_code == 409
    assert words in answer.content.decode().lower()
    assert list_holds() == []


@pytest.mark.parametrize(("token", "shown"), [("", ""), ("", TOKEN), (TOKEN, "other"), (TOKEN, "")])
def test_whoever_does_not_show_the_token_learns_nothing(client, alpha, settings, token, shown):
    settings.APPORTION_ADMISSION_TOKEN = token
    assert submit(client, token=shown).status_code == 403
    assert list_holds() == []
