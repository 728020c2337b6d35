"""Which decisions the public record tells one by one: the author's word, the rule, small groups."""

import json

import pytest

from apportion.apps.decide.history import decided_awards
from apportion.apps.ledger.models import Record
from apportion.apps.publishing.actions import say_consent
from apportion.apps.publishing.models import Telling
from apportion.apps.report.singles import write_singles
from apportion.core.refusals import Code, Refused
from apportion.office.cli import run
from tests.apps.directive.lab import START, spend
from tests.apps.pages import QUERIES_A_PAGE, heading, read, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(folk):
    """Three decided requests: one of chat in one area, two of ann's in another."""
    spend(folk)
    return folk


def told():
    return [one["request"] for one in write_singles(decided_awards())["told"]]


def mine(person):
    return sorted({one.request for one in decided_awards() if one.author == person.username})


def test_a_decision_is_told_once_its_author_says_so_and_no_more_when_it_is_taken_back(decided):
    (ref,) = mine(decided["bob"])
    assert told() == []
    say_consent(ref=ref, gives=True, by=decided["bob"], now=START)
    say_consent(ref=ref, gives=True, by=decided["bob"], now=START)
    assert told() == [ref]
    assert Telling.objects.count() == 1
    assert Record.objects.filter(kind="publishing").count() == 1
    (row,) = write_singles(decided_awards())["told"]
    assert row["awarded"] == {"gpu:h100": 40 * 3600}
    say_consent(ref=ref, gives=False, by=decided["bob"], now=START)
    assert told() == []


def test_one_of_a_small_group_is_withheld_until_all_of_it_may_be_told(decided):
    first, second = mine(decided["ann"])
    say_consent(ref=first, gives=True, by=decided["ann"], now=START)
    assert write_singles(decided_awards()) == {"rule": "consent", "told": [], "withheld": 1}
    say_consent(ref=second, gives=True, by=decided["ann"], now=START)
    assert told() == [first, second]


def test_the_sites_rule_goes_before_consents(decided, settings):
    settings.APPORTION_PUBLISH = "all"
    assert len(told()) == 3
    settings.APPORTION_PUBLISH = "none"
    say_consent(ref=mine(decided["bob"])[0], gives=True, by=decided["bob"], now=START)
    assert told() == []


@pytest.mark.parametrize(
    ("who", "ref", "code"),
    [
        ("ann", "chat", Code.NOT_ALLOWED),
        ("eve", "chat", Code.NOT_ALLOWED),
        ("bob", "?", Code.NOT_FOUND),
    ],
)
def test_a_word_on_anothers_decision_is_refused(decided, who, ref, code):
    ref = mine(decided["bob"])[0] if ref == "chat" else ref
    with pytest.raises(Refused) as refused:
        say_consent(ref=ref, gives=True, by=decided[who], now=START)
    assert refused.value.refusals[0].code is code


def test_an_author_says_so_on_a_page_or_in_the_shell(
    client, decided, capsys, django_assert_max_num_queries
):
    (ref,) = mine(decided["bob"])
    page = visit(client, decided["bob"], "/mine/publishing/")
    assert heading(page) == "Which of your decisions may be told?"
    assert f"Let {ref} be told" in read(page)
    visit(client, decided["bob"], f"/mine/publishing/{ref}/", gives="yes")
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        assert f"Take {ref} back" in read(visit(client, decided["bob"], "/mine/publishing/"))
    assert run(["publishing", "list", "--as", "bob", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["may_be_told"] is True
    assert run(["publishing", "withdraw", ref, "--as", "bob"]) == 0
    assert run(["publishing", "give", ref, "--as", "ann"]) == 4
    assert visit(client, decided["eve"], "/mine/publishing/").status_code == 403
