"""What was downloaded here is read back, equal: leaving stays easy, and so does coming back"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sessions_app.imports.rows import ImportedSession, RejectedRow
from sessions_app.reports.downloads import session_columns
from tests.sessions_app.imports.reading import open_file
from timetracker.tables import csv_chunks, json_chunks, xlsx_file

START = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # 2:30 in Berlin, for the first time
NAMES = ["=SUM(A1)", "'=x", "-1", 'say "hi"', "Über, all", "x" * 200, ""]
NOTES = ["two\nlines", "+49 30", "\t tab", "@home", "", "", ""]


def rows():
    for number, (name, note) in enumerate(zip(NAMES, NOTES, strict=True)):
        start, end = START + timedelta(days=number), START + timedelta(days=number, minutes=40)
        is_running = number == len(NAMES) - 1
        yield [
            str(UUID(int=number)), start.date(), name, "ACME", "Web", "one two" if number else "",
            start.replace(tzinfo=None), None if is_running else end.replace(tzinfo=None), "Europe/Berlin", start,
            None if is_running else end, 2400, 2400, 2400, 2400, number % 2 == 0, Decimal("85.125") if number else None,
            "EUR", None, note, "web",
        ]  # fmt: skip


def described(session):
    return (
        session.external_id, session.name, session.note, session.client, session.project, " ".join(session.tags),
        session.timezone, session.start, session.end, session.billable, session.rate, session.currency,
    )  # fmt: skip


EXPECTED = [
    (row[0], row[2], row[19].strip(), row[3], row[4], row[5], row[8], row[9], row[10], row[15], row[16], row[17])
    for row in rows()
]


def as_workbook():
    with xlsx_file(session_columns(), rows(), totals=lambda: [None, "Total", *([None] * 19)]) as file:
        return file.read()


FORMATS = {
    "comma": lambda: b"".join(csv_chunks(session_columns(), rows())),
    "semicolon": lambda: b"".join(csv_chunks(session_columns(), rows(), separator="semicolon")),
    "json": lambda: b"".join(json_chunks(session_columns(), rows(), name="sessions", head={"from": None})),
    "xlsx": as_workbook,
}


@pytest.mark.parametrize("written", FORMATS)
def test_sessions_come_back_equal(written):
    file = open_file(FORMATS[written](), f"sessions.{written}")

    assert (file.tool, file.questions) == ("timetracker", ())
    assert [described(row) for row in file.rows() if isinstance(row, ImportedSession)] == EXPECTED
    assert not [row for row in file.rows() if isinstance(row, RejectedRow)]
