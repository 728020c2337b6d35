"""A limit is confirmed only after the scheduler said so."""

import pytest

from apportion.apps.enforce.models import Limit
from apportion.apps.rounds.models import ResourceKind
from tests.apps.pages import heading, read, visit
from tests.apps.small_lab import NOW, file_request


@pytest.fixture
def alpha(folk, spring):
    return file_request(spring, folk["ann"], "alpha").project


def limit(project, **read_back):
    kind = ResourceKind.objects.get()
    return Limit.objects.create(project=project, resource=kind, desired_minutes=600, **read_back)


def test_nothing_sent_is_said(client, folk, spring):
    page = visit(client, folk["ops"], "/enforcement/")
    assert heading(page) == "The scheduler was not told anything yet."


def test_a_limit_that_was_not_read_back_is_not_confirmed(client, folk, alpha):
    limit(alpha)
    page = visit(client, folk["ops"], "/enforcement/")
    assert heading(page) == "1 of 1 limits are not confirmed."
    assert "Not read yet" in read(page)
    assert "not read yet" in read(visit(client, folk["ann"], "/projects/alpha/"))


def test_a_limit_that_the_scheduler_holds_is_confirmed(client, folk, alpha):
    limit(alpha, read_minutes=600, read_at=NOW)
    page = visit(client, folk["ops"], "/enforcement/")
    assert heading(page) == "The scheduler holds all 1 limits."
    assert "Confirmed" in read(page)


def test_a_limit_that_differs_says_so(client, folk, alpha):
    limit(alpha, read_minutes=599, read_at=NOW)
    assert "Differs" in read(visit(client, folk["ops"], "/enforcement/"))


def test_a_limit_that_the_scheduler_lost_says_so(client, folk, alpha):
    limit(alpha, read_at=NOW)
    words = read(visit(client, folk["ops"], "/enforcement/"))
    assert "no limit" in words
    assert "Differs" in words
