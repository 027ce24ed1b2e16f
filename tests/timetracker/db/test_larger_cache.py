import pytest
from django.db import DatabaseError, connection

from timetracker.db.larger_cache import LARGE, larger_cache


def cache_size():
    """Returns what SQLite says; None on PostgreSQL, whose cache is of the server."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA cache_size").fetchone()[0]


def test_the_cache_is_larger_inside_and_as_before_after_it(transactional_db):
    before = cache_size()
    with larger_cache():
        inside = cache_size()
    assert (before, inside) == ((-2000, -LARGE) if connection.vendor == "sqlite" else (None, None))
    assert cache_size() == before


def test_an_error_of_the_work_is_the_one_that_is_told(transactional_db, monkeypatch):
    def fail(_kibibytes):
        raise DatabaseError("The disk is full.")

    def work():
        with larger_cache():
            monkeypatch.setattr("timetracker.db.larger_cache._set_cache", fail)
            raise ValueError("of the work")

    with pytest.raises(ValueError, match="of the work"):
        work()
