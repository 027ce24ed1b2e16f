"""Figures that are read from the live database and from its copy, and compared to check a backup."""

from collections.abc import Callable
from typing import Any

Query = Callable[[str], list[tuple[Any, ...]]]
"""Runs a statement on a database of either engine, and returns the rows."""
ReadFigures = Callable[[Query], dict[str, Any]]
"""Returns the figures of a database as values of JSON: strings, whole numbers, lists and objects."""


def count_rows(query: Query, tables: list[str]) -> dict[str, int]:
    """Returns the number of rows of each table."""
    return {table: query(f'SELECT count(*) FROM "{table}"')[0][0] for table in sorted(tables)}  # noqa: S608  # names of the database


def describe_difference(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """Returns the difference between figures in one line, "" when they are equal."""
    return "; ".join(
        f"{name}: {_shorten(expected.get(name))} was expected, {_shorten(found.get(name))} is there"
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    )


def _shorten(value: Any, limit: int = 200) -> str:
    text = str(value)
    return text if len(text) <= limit else f"{text[:limit]}…"
