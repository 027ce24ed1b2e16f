"""Counts the work of the database for the queries of some code."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from tests.query_plans import queries_of

_STEPS = 10
"""The number of instructions after which SQLite calls the progress handler."""


def database_work(action: Callable[[], object]) -> int:
    """Returns the instructions of SQLite's virtual machine, or the rows that PostgreSQL reads. Deterministic."""
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
        cursor.execute("SET LOCAL enable_seqscan = off")  # small tables would be read as a whole
        found = 0
        for query in reads:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query.replace(' FOR NO KEY UPDATE', '')}")
            (plan,) = cursor.fetchone()
            found += sum(_rows_of((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
        return found


def _rows_of(node: dict[str, Any]) -> Iterator[int]:
    # The entries of a bitmap include rows that other tests rolled back. The heap scan above it counts the rows.
    if "Scan" in node["Node Type"] and node["Node Type"] != "Bitmap Index Scan":
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        yield int((node["Actual Rows"] + removed) * node["Actual Loops"])
    for child in node.get("Plans", ()):
        yield from _rows_of(child)
