"""The board, its acts and what is published stay quick to read at ten thousand requests."""

import pytest

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.decide.plans import move_plan
from apportion.apps.decide.queries import latest_slate
from apportion.apps.review.models import Opinion
from tests.apps.decide.board import LATER, pin
from tests.apps.pages import QUERIES_A_PAGE, crowd
from tests.apps.small_lab import NOW


@pytest.fixture
def crowded(folk):
    row = crowd(folk)
    Opinion.objects.filter(written_at__isnull=True).update(score_hundredths=500, written_at=NOW)
    return row


def test_no_page_of_the_board_asks_the_database_more_than_it_may(
    client, folk, crowded, django_assert_max_num_queries
):
    eve = folk["eve"]
    client.force_login(eve)
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        assert client.get("/rounds/spring/decide/").status_code == 200
    propose_slate(row=crowded, by=eve, now=NOW)
    paths = ["/rounds/spring/decide/", "/rounds/spring/decide/acts/"]
    move_plan(row=crowded, seen=1, override=pin("req-3"), by=eve, now=NOW)
    for path in paths:
        with django_assert_max_num_queries(QUERIES_A_PAGE - 1):
            assert client.get(path).status_code == 200
    adopt_slate(slate=latest_slate(crowded), by=eve, now=LATER, hold=True)
    with django_assert_max_num_queries(QUERIES_A_PAGE - 1):
        assert client.get("/rounds/spring/publish/").status_code == 200
    client.post("/rounds/spring/publish/", {"act": "publish"})
    with django_assert_max_num_queries(QUERIES_A_PAGE - 1):
        assert client.get("/rounds/spring/publish/").status_code == 200
    client.force_login(folk["ann"])
    with django_assert_max_num_queries(QUERIES_A_PAGE - 1):
        assert client.get("/requests/req-3/outcome/").status_code == 200
