"""Reads the database's plans for the queries of some code."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

SESSIONS = "sessions_app_timesession"


def queries_of(action: Callable[[], object]) -> list[str]:
    """Returns the statements that read or write rows while `action` runs."""
    with CaptureQueriesContext(connection) as captured:
        action()
    # On PostgreSQL, iterators read the query of a cursor.
    statements = [re.sub(r"^DECLARE .*? CURSOR .*?FOR ", "", query["sql"]) for query in captured.captured_queries]
    return [each for each in statements if each.startswith(("SELECT", "(SELECT", "INSERT", "UPDATE", "DELETE"))]


def reads_of_sessions(query: str) -> list[str]:
    """Returns each access to the table of sessions in the plan of the query, as the database describes it."""
    return list(_postgresql_reads(query) if connection.vendor == "postgresql" else _sqlite_reads(query))


def is_narrow(read: str) -> bool:
    """Returns whether an access finds its rows in an index that begins with the user or the id of the session."""
    return re.search(r"Index.*Cond: \(+(user_id|id) = |^SEARCH .*\((user_id|id)=\?", read) is not None


def plan_text(query: str) -> str:
    """Returns the whole plan, for messages and for words that must not be in it."""
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + query)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def needs_sort(query: str) -> bool:
    """Returns whether the database has to sort the rows, because no index has their order.

    PostgreSQL may choose to sort a few rows instead of following an index, depending on its estimates. It is told to
    avoid sorting here, so that it sorts only if it must.
    """
    if connection.vendor != "postgresql":
        return "TEMP B-TREE" in plan_text(query)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_sort = off; SET enable_incremental_sort = off")
        plan = plan_text(query)
        cursor.execute("RESET enable_sort; RESET enable_incremental_sort")
    return "Sort" in plan


def _sqlite_reads(query: str) -> Iterator[str]:
    for line in plan_text(query).splitlines():
        if re.match(rf"(SCAN|SEARCH) ({SESSIONS}|U\d+)\b", line):  # U0 and so on are Django's names within subqueries
            yield line


def _postgresql_reads(query: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + query)
        (plan,) = cursor.fetchone()
    for node in _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
        kind = node["Node Type"]
        # A bitmap's rows are found by the index scans below it; a ModifyTable writes what others found.
        if kind == "Bitmap Index Scan" or (node.get("Relation Name") == SESSIONS and kind not in _FOUND_BY_OTHERS):
            yield f"{kind} {node.get('Index Name', '')} Cond: {node.get('Index Cond', '')}"


_FOUND_BY_OTHERS = {"Bitmap Heap Scan", "ModifyTable"}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
