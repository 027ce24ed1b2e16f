"""Reads files in tests, and tells rows in a few words."""

from datetime import UTC, datetime

from sessions_app.imports.detection import read
from sessions_app.imports.rows import Answers, ImportedSession, RejectedRow, SkippedRow

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def open_file(data, name="file.csv", **answers):
    return read(name, data.encode() if isinstance(data, str) else data, Answers(**answers), NOW)


def sessions(data, name="file.csv", **answers):
    """The sessions of a file in which nothing is rejected."""
    rows = list(open_file(data, name, **answers).rows())
    assert [row for row in rows if isinstance(row, RejectedRow)] == []
    return [row for row in rows if isinstance(row, ImportedSession)]


def session(data, name="file.csv", **answers):
    (found,) = sessions(data, name, **answers)
    return found


def rejections(data, name="file.csv", **answers):
    return [(row.line, row.code) for row in open_file(data, name, **answers).rows() if isinstance(row, RejectedRow)]


def skipped(data, name="file.csv", **answers):
    return [(row.line, row.kind) for row in open_file(data, name, **answers).rows() if isinstance(row, SkippedRow)]


def clocks(found):
    """Start and end as one text."""
    return f"{found.start:%Y-%m-%d %H:%M:%S} - {'' if found.end is None else f'{found.end:%Y-%m-%d %H:%M:%S}'}"


def asked(data, name="file.csv", **answers):
    return {question.key for question in open_file(data, name, **answers).questions}
