"""The second pass of the database tests is what it says."""

import pytest
from django.db import connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_the_pass_on_postgresql_runs_on_postgresql():
    assert connection.vendor == "postgresql"


def test_text_sorts_by_code_point_on_both_databases():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM (VALUES ('a'), ('B'), ('_'), ('é')) AS t (name) ORDER BY 1"
        )
        assert [row[0] for row in cursor.fetchall()] == sorted("aB_é")
