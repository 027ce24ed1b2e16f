"""How much work the database has with the queries that some code makes: counted, not timed."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from tests.query_plans import queries_of

_STEPS = 10
"""SQLite tells of every so many instructions."""


def database_work(action: Callable[[], object]) -> int:
    """Instructions of SQLite's virtual machine, or rows that PostgreSQL looks at for the reads; the same each time."""
    return _rows_read(action) if connection.vendor == "postgresql" else _steps(action)


def _steps(action: Callable[[], object]) -> int:
    count = 0

    def tell() -> int:
        nonlocal count
        count += _STEPS
        return 0

    connection.ensure_connection()
    driver = connection.connection
    driver.set_progress_handler(tell, _STEPS)
    try:
        action()
    finally:
        driver.set_progress_handler(None, _STEPS)
    return count


def _rows_read(action: Callable[[], object]) -> int:
    reads = [query for query in queries_of(action) if query.startswith(("SELECT", "(SELECT"))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a table of a test is small enough to be read as a whole
        found = 0
        for query in reads:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query.replace(' FOR NO KEY UPDATE', '')}")
            (plan,) = cursor.fetchone()
            found += sum(_rows_of((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
        return found


def _rows_of(node: dict[str, Any]) -> Iterator[int]:
    # The entries that a bitmap is made of include those of rows that other tests rolled back; its heap scan follows.
    if "Scan" in node["Node Type"] and node["Node Type"] != "Bitmap Index Scan":
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        yield int((node["Actual Rows"] + removed) * node["Actual Loops"])
    for child in node.get("Plans", ()):
        yield from _rows_of(child)
