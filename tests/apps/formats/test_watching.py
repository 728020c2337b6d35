"""Watchers of machines learn whether the office lives, can work, and what it measures."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from prometheus_client.parser import text_string_to_metric_families

from apportion.adapters.prometheus.render import Metric, Sample, render_metrics
from apportion.apps.formats import health
from apportion.apps.ledger.models import Hold, Tip
from apportion.apps.meter.models import Collector
from apportion.core.windows import to_epoch_us
from tests.apps.small_lab import GPU, NOW

MOST_QUERIES = 20


def samples(response):
    """Reads the answer with Prometheus's own parser: (name, labels) to value."""
    families = text_string_to_metric_families(response.content.decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_process_says_that_it_lives_without_looking_at_anything(
    client, django_assert_num_queries, db
):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_an_office_that_can_work_says_so(ask, alpha):
    response = ask("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": dict.fromkeys(("database", "migrations", "clock", "queue", "metering"), "ok"),
    }


def test_a_database_that_is_away_is_said(ask, db, monkeypatch):
    def away(self):
        raise DatabaseError

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", away)
    response = ask("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "checks": {"database": "cannot be reached"}}


def test_tables_that_are_older_than_the_office_are_said(ask, db, monkeypatch):
    wanted = health.wanted_migrations() | {("ledger", "9999_later")}
    monkeypatch.setattr(health, "wanted_migrations", lambda: wanted)
    response = ask("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "1 to run: apportion init"


def test_a_clock_that_runs_behind_the_books_is_said(ask, alpha):
    Tip.objects.update(recorded_us=to_epoch_us(NOW + timedelta(hours=1)))
    response = ask("/readyz")
    assert response.status_code == 503
    assert "behind" in response.json()["checks"]["clock"]


def test_work_that_has_been_due_for_long_is_said(ask, alpha):
    account = Hold(seq=999_999, hold_id=b"h" * 16, debit_id=1, expires_us=0)
    account.expires_us = to_epoch_us(NOW - timedelta(minutes=16))
    account.save()
    response = ask("/readyz")
    assert response.status_code == 503
    assert "960 s" in response.json()["checks"]["queue"]


def test_a_cluster_that_was_not_read_for_long_is_said(ask, alpha, settings):
    settings.APPORTION_SLURM = ("tiny",)
    Collector.objects.create(
        cluster="tiny",
        covered_until=NOW - timedelta(hours=3),
        overlap_seconds=60,
        synced_at=NOW - timedelta(hours=2),
    )
    response = ask("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["metering"] == "tiny was last read 7200 s ago"


def test_metrics_are_read_by_the_official_parser(ask, alpha, settings):
    settings.APPORTION_METRICS_TOKEN = "s3cret"
    response = ask("/metrics", Authorization="Bearer s3cret")
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    found = samples(response)
    labels = (("project", "alpha"), ("resource", GPU), ("unit", "hour"))
    assert found[("apportion_balance_units", labels)] == 20.5
    assert found[("apportion_balance_credits", (("project", "alpha"),))] == 41
    assert found[("apportion_queue_seconds", ())] == 0


def test_metrics_ask_for_no_more_statements_when_there_is_more_to_tell(
    ask, alpha, settings, django_assert_max_num_queries
):
    settings.APPORTION_METRICS_TOKEN = "s3cret"
    with django_assert_max_num_queries(MOST_QUERIES):
        ask("/metrics", Authorization="Bearer s3cret")


@pytest.mark.parametrize("username", ["eve", "ops", "aud"])
def test_metrics_open_to_a_token_with_the_scope(ask, alpha, username):
    assert ask("/metrics", username, scopes=("metrics:read",)).status_code == 200


def test_metrics_are_closed_to_strangers_wrong_tokens_and_other_scopes(ask, alpha):
    assert ask("/metrics").status_code == 401
    assert ask("/metrics", Authorization="Bearer ").status_code == 401
    assert ask("/metrics", Authorization="Bearer apn_x").status_code == 401
    assert ask("/metrics", "ops", scopes=("request:read",)).status_code == 401
    assert ask("/metrics", "ann").status_code == 401
    assert ask("/metrics?token=s3cret").status_code == 401


def test_metrics_open_to_an_address_that_is_let_in_unless_a_proxy_stands_between(
    ask, alpha, settings
):
    settings.APPORTION_METRICS_FROM = (ip_network("127.0.0.0/8"),)
    assert ask("/metrics").status_code == 200
    assert ask("/metrics", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 401
    settings.APPORTION_METRICS_FROM = (ip_network("192.0.2.0/24"),)
    assert ask("/metrics").status_code == 401


def test_names_of_every_kind_survive_the_text_format():
    hostile = 'a"b\\c\nd {}é,='
    metric = Metric(
        name="apportion_x", help="one\ntwo \\", samples=(Sample(value=1.5, labels={"n": hostile}),)
    )
    (family,) = text_string_to_metric_families(render_metrics([metric]))
    assert family.samples[0].labels == {"n": hostile}
    assert family.samples[0].value == 1.5
    assert family.documentation == "one\ntwo \\"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_watchers_can_send_nothing(client, db, path):
    assert client.post(path, {"a": "b"}).status_code == 405
