"""A read whose SQL is written once gives what Django gives each time it is asked."""

from threading import Thread

import pytest
from django.db import connection

from apportion.apps.people.models import Person, Token
from apportion.apps.people.tokens import BY_PREFIX, create_token
from apportion.apps.people.written import WrittenQuery
from tests.apps.small_lab import NOW, people

PEOPLE = WrittenQuery(lambda: Person.objects.select_related("manager"), column="username")


def test_an_object_and_what_is_joined_to_it_are_as_django_reads_them(db, django_assert_num_queries):
    folk = people()
    Person.objects.filter(username="bob").update(manager=folk["ann"])
    made, _ = create_token(by=folk["ann"], name="x", scopes=["all:read"], days=1, now=NOW)
    with django_assert_num_queries(2):
        bob, ann = PEOPLE.find("bob"), PEOPLE.find("ann")
        assert (bob.manager, ann.manager) == (folk["ann"], None)
    kept, plain = BY_PREFIX.find(made.prefix), Token.objects.get(prefix=made.prefix)
    for field in Token._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(plain, field.attname)
    kept.name = "y"
    kept.save()  # it knows that it is stored, and where
    assert Token.objects.get().name == "y"


@pytest.mark.parametrize("word", ["", "nobody", "%s", "' OR 1=1 --", "bob%", "?"])
def test_what_is_not_there_is_not_found_however_it_is_spelt(db, word):
    people()
    assert PEOPLE.find(word) is None


def test_a_query_over_more_than_one_value_is_refused(db):
    asked = WrittenQuery(lambda: Person.objects.filter(name="Ann"), column="username")
    with pytest.raises(TypeError, match="more than one"):
        asked.find("ann")


def test_a_query_over_no_value_gives_all_its_rows_each_time(db):
    asked = WrittenQuery(lambda: Person.objects.order_by("username").values_list("username"))
    assert asked.fetch() == []
    folk = people()
    assert [row[0] for row in asked.fetch()] == sorted(folk)


def test_each_thread_asks_over_its_own_connection(transactional_db):
    people()
    assert PEOPLE.find("ann")
    found = []

    def ask():
        found.extend([PEOPLE.find("bob").username, PEOPLE._written().connection])
        connection.close()

    ours = PEOPLE._written().connection
    one = Thread(target=ask)
    one.start()
    one.join()
    assert found[0] == "bob"
    assert found[1] is not ours
    assert PEOPLE._written().connection is ours
