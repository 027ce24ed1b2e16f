"""Statements reach SQLite as Django would put them, however often they come"""

import sqlite3

import pytest
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from timetracker.db.sqlite.base import MAX_REMEMBERED, Cursor

STATEMENTS = ["SELECT 1", "SELECT %s", "SELECT %s, '%%', %s", "SELECT '%%s', %s", "SELECT '100 %%' WHERE x = %s"]
LONG = f"SELECT {'%s, ' * MAX_REMEMBERED} %s"


@pytest.fixture
def cursors():
    """Ours, and Django's."""
    connection = sqlite3.connect(":memory:")
    yield [connection.cursor(factory=each) for each in (Cursor, SQLiteCursorWrapper)]
    connection.close()


@pytest.mark.parametrize("query", [*STATEMENTS, LONG], ids=["plain", "one", "sign", "no mark", "text", "long"])
def test_it_is_put_as_by_django(cursors, query):
    for _time in range(2):
        found, expected = (each.convert_query(query) for each in cursors)
        assert found == expected


def test_names_are_put_as_by_django(cursors):
    found, expected = (each.convert_query("SELECT %(a)s, %(b)s", param_names=["a", "b"]) for each in cursors)
    assert found == expected == "SELECT :a, :b"
